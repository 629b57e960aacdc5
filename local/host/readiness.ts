/**
 * What of the host stands already, for its health route and the page.
 */

export const HOST_PARTS = ['queues', 'database', 'functions'] as const;
export type HostPart = (typeof HOST_PARTS)[number];

export interface Readiness {
  readonly isReady: boolean;
  /** The part it waits for, or null. */
  readonly waitingFor: HostPart | null;
  markUp(part: HostPart): void;
  report(): { ready: boolean; parts: Record<HostPart, boolean> };
}

export function createReadiness(): Readiness {
  const up = new Set<HostPart>();
  return {
    get isReady() {
      return up.size === HOST_PARTS.length;
    },
    get waitingFor() {
      return HOST_PARTS.find((part) => !up.has(part)) ?? null;
    },
    markUp: (part) => void up.add(part),
    report() {
      const parts = Object.fromEntries(HOST_PARTS.map((part) => [part, up.has(part)]));
      return { ready: this.isReady, parts: parts as Record<HostPart, boolean> };
    },
  };
}
