/**
 * Where the stacks can go, what each target runs, and what it has to leave out, with the reason.
 */

export const TARGETS = ['ministack', 'localstack', 'aws'] as const;
export type TargetName = (typeof TARGETS)[number];
export const EMULATORS = ['ministack', 'localstack'] as const;
export type EmulatorName = (typeof EMULATORS)[number];

export const TARGET_TITLES: Readonly<Record<TargetName, string>> = {
  ministack: 'MiniStack',
  localstack: 'LocalStack',
  aws: 'AWS',
};

export type StackStage = 'local' | 'paper';

export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** What of the stacks a target gets. */
export interface TargetScope {
  readonly stage: StackStage;
  /** Last parts of the stacks' names; null: every one of the stage. */
  readonly stacks: readonly string[] | null;
  /** Values of the context key `skip`. */
  readonly skip: readonly string[];
  /** For people: what is not there, and why. */
  readonly leftOut: readonly LeftOut[];
  /** Who runs ingest, signal and risk: the target, or our host polling the target's queues. */
  readonly functions: 'host' | 'target';
}

export function scopeOf(target: TargetName, { hasContainers }: { hasContainers: boolean }): TargetScope {
  if (target === 'aws') return { stage: 'paper', stacks: null, skip: [], leftOut: [], functions: 'target' };
  const runsFunctions = target === 'ministack' || hasContainers;
  const skipped = {
    ...(target === 'ministack' ? SKIPPED_BY_MINISTACK : SKIPPED_BY_LOCALSTACK),
    ...(runsFunctions ? {} : { functions: NO_FUNCTIONS }),
  };
  return {
    stage: 'local',
    stacks: runsFunctions ? WITH_FUNCTIONS : WITHOUT_FUNCTIONS,
    skip: Object.keys(skipped),
    leftOut: [...Object.values(skipped), SUPERVISED],
    functions: runsFunctions ? 'target' : 'host',
  };
}

const WITHOUT_FUNCTIONS = ['messaging', 'secrets'];
const WITH_FUNCTIONS = [...WITHOUT_FUNCTIONS, 'functions', 'observability'];

const NO_FUNCTIONS: LeftOut = {
  what: 'the stacks functions and observability',
  why: 'this LocalStack has no Docker to run functions in: our host polls its queues instead',
};
const SUPERVISED: LeftOut = {
  what: 'the stacks network, data and compute',
  why: 'Postgres, gateway and runner are run here by ./jules',
};

const KEYS: LeftOut = {
  what: 'encryption with customer keys',
  why: 'an emulator keeps everything in memory and encrypts nothing',
};

const SKIPPED_BY_MINISTACK: Readonly<Record<string, LeftOut>> = {
  keys: KEYS,
  rotation: { what: 'rotation schedules', why: 'MiniStack refuses the resource type' },
  math: { what: 'alarms on a sum or ratio of metrics', why: 'MiniStack fails to create them' },
};

const SKIPPED_BY_LOCALSTACK: Readonly<Record<string, LeftOut>> = {
  keys: KEYS,
  rotation: { what: 'rotation schedules', why: 'LocalStack takes them and never rotates' },
  math: { what: 'alarms on a sum or ratio of metrics', why: 'LocalStack takes them and never evaluates them' },
};
