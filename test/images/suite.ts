/**
 * The suite's bookkeeping: what passed, what failed and why, and by name what could not be tried here.
 */

export class Suite {
  #passed = 0;
  readonly #failed: string[] = [];
  readonly #untried: string[] = [];

  /** `work` throws where the promise is broken; what it returns is printed beside the name. */
  async check(name: string, work: () => Promise<string | undefined>): Promise<boolean> {
    const startedMs = performance.now();
    try {
      const detail = await work();
      this.#passed += 1;
      console.log(`ok    ${name} (${[detail, seconds(startedMs)].filter(Boolean).join(', ')})`);
      return true;
    } catch (error) {
      this.#failed.push(name);
      console.log(`FAIL  ${name} (${seconds(startedMs)})\n${indented(messageOf(error))}`);
      return false;
    }
  }

  cannot(what: string, why: string): void {
    this.#untried.push(`${what}: ${why}`);
  }

  /** Prints what was not reached and the closing line; the exit code. */
  close(): number {
    if (this.#untried.length > 0) console.log(`\nnot reached here:\n${indented(this.#untried.join('\n'))}`);
    for (const name of this.#failed) console.log(`failed: ${name}`);
    console.log(`images: ${this.#passed} passed, ${this.#failed.length} failed`);
    return this.#failed.length === 0 && this.#passed > 0 ? 0 : 1;
  }
}

export function progress(text: string): void {
  process.stderr.write(`      ${text}\n`);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '      ');
}
