/**
 * The run must not go on: what is on record of it and what this process derives are two different runs. Another try
 * would end the same way, so the process says so and stays down.
 */
export class RunStoppedError extends Error {
  override readonly name = 'RunStoppedError';
  /** What an operator does about it. */
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}
