/**
 * A naive model of what stands on an account, beside the risk function: a plain set of names, sums over fills, and the
 * rules of the ruling written down once more. Nothing of the core's states, limits or orders is used.
 */

const USD_E4 = 10_000;

export type Command = 'halt' | 'audit' | 'flatten' | 'arm' | 'accept';

export interface Pulse {
  readonly feed: 'live' | 'stale' | 'dead' | 'backup';
  readonly runner: 'up' | 'down';
}

export class RiskModel {
  readonly causes = new Set<string>();
  referenceE4: number;
  accountPeakE4: number;
  equityE4: number;
  cashE4: number;
  readonly held: number[];
  /** An entry or exit that was approved and has not come back from the broker. */
  isWorking = false;
  #sessionStartE4: number;
  #drawdownSession = 0;
  readonly #rearms: boolean;

  constructor(options: { cashE4: number; symbols: number; rearms: boolean }) {
    this.cashE4 = options.cashE4;
    this.equityE4 = options.cashE4;
    this.referenceE4 = options.cashE4;
    this.accountPeakE4 = options.cashE4;
    this.#sessionStartE4 = options.cashE4;
    this.held = Array.from({ length: options.symbols }, () => 0);
    this.#rearms = options.rearms;
  }

  get isFlat(): boolean {
    return this.held.every((quantity) => quantity === 0);
  }

  get state(): string {
    const halts = ['DRAWDOWN', 'OPERATOR_HALT', 'AUDIT_FAILED'].some((cause) => this.causes.has(cause));
    if (halts) return 'HALTED';
    return this.causes.size === 0 ? 'ACTIVE' : 'REDUCING';
  }

  open(): void {
    this.causes.delete('DAILY_LOSS');
    this.#sessionStartE4 = this.cashE4;
    this.equityE4 = this.cashE4;
  }

  /** The close of a minute, after its fills. */
  close(session: number, markE4: readonly number[]): void {
    this.equityE4 = this.held.reduce((sum, quantity, s) => sum + quantity * markE4[s]!, this.cashE4);
    this.referenceE4 = Math.max(this.referenceE4, this.equityE4);
    this.accountPeakE4 = Math.max(this.accountPeakE4, this.equityE4);
    const isOld = this.causes.has('DRAWDOWN') && this.#drawdownSession !== session;
    if (this.#rearms && isOld && this.isFlat) this.#arm(['DRAWDOWN']);
    if (this.referenceE4 - this.equityE4 >= 100 * USD_E4 && !this.causes.has('DRAWDOWN')) {
      this.causes.add('DRAWDOWN');
      this.#drawdownSession = session;
    }
    const lossMaxE4 = Math.min(50 * USD_E4, 0.02 * this.#sessionStartE4);
    if (this.#sessionStartE4 - this.equityE4 >= lossMaxE4) this.causes.add('DAILY_LOSS');
  }

  /** True where it is refused. */
  command(command: Command): boolean {
    if (command === 'halt') this.causes.add('OPERATOR_HALT');
    else if (command === 'audit') this.causes.add('AUDIT_FAILED');
    else if (command === 'flatten') this.causes.add('OPERATOR_FLATTEN');
    else {
      if (command === 'accept' && !this.causes.has('AUDIT_FAILED')) return true;
      const lifts = [
        'DRAWDOWN',
        'OPERATOR_HALT',
        'OPERATOR_FLATTEN',
        ...(command === 'accept' ? ['AUDIT_FAILED'] : []),
      ];
      if (!this.isFlat || this.isWorking || !lifts.some((cause) => this.causes.has(cause))) return true;
      this.#arm(lifts);
    }
    return false;
  }

  pulse({ feed, runner }: Pulse): void {
    this.#set('FEED_DEAD', feed === 'dead' || feed === 'stale');
    this.#set('FEED_BACKUP', feed === 'backup');
    this.#set('RUNNER_DEAD', runner === 'down');
  }

  #arm(lifts: readonly string[]): void {
    for (const cause of lifts) this.causes.delete(cause);
    this.referenceE4 = this.equityE4;
  }

  #set(cause: string, stands: boolean): void {
    if (stands) this.causes.add(cause);
    else this.causes.delete(cause);
  }
}
