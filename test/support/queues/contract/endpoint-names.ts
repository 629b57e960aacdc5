/**
 * What the queue contract is asked of.
 */

export const ENDPOINT_NAMES = ['fauxqs', 'localstack', 'ministack'] as const;
export type EndpointName = (typeof ENDPOINT_NAMES)[number];
