/**
 * Secrets whose client is loaded with the first question. What kept it from being loaded is tried again with the next.
 */

import type { Secrets } from '../ports/secrets.ts';

export function lazySecrets(load: () => Promise<Secrets>): Secrets {
  let loading: Promise<Secrets> | null = null;
  const loaded = (): Promise<Secrets> => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  return {
    get: async (name, options) => (await loaded()).get(name, options),
    refetch: async (name) => (await loaded()).refetch(name),
  };
}
