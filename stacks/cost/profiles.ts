/**
 * The three profiles: the machine at hand, the paper stage on AWS, and what it grows into.
 */

export const PROFILE_NAMES = ['workstation', 'paper', 'growth'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export const GPU_NAMES = ['g4dn.xlarge', 'g5.xlarge', 'g6.xlarge', 'none'] as const;
export type GpuName = (typeof GPU_NAMES)[number];

export const NETWORK_NAMES = ['nat', 'endpoints'] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

/** What an operator decides, as against what is assumed. */
export interface Choices {
  readonly symbols: number;
  readonly gpu: GpuName;
  readonly network: NetworkName;
  readonly multiAz: boolean;
}

export const PROFILES: Readonly<Record<ProfileName, Choices>> = {
  workstation: { symbols: 2, gpu: 'none', network: 'nat', multiAz: false },
  paper: { symbols: 2, gpu: 'g6.xlarge', network: 'nat', multiAz: false },
  growth: { symbols: 20, gpu: 'g6.xlarge', network: 'nat', multiAz: true },
};

/** Where prices are recorded. */
export const DEFAULT_REGION = 'us-east-1';
