/**
 * A CSV file that cannot be taken at all: nothing of it is used, so nothing is half-applied.
 *
 * Single bad rows do not throw; they go to quarantine. Source: docs/decisions/0008-bad-input.md
 */

export interface CsvTrouble {
  readonly file: string;
  /** From 1; 0 where no line is to blame. */
  readonly line: number;
  readonly field: string;
  readonly value: string;
  readonly wrong: string;
  readonly fix: string;
}

export class CsvError extends Error {
  override readonly name = 'CsvError';
  readonly code = 'CSV_REFUSED';
  readonly retryable = false;
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly value: string;
  readonly fix: string;

  constructor(trouble: CsvTrouble, options?: { cause: unknown }) {
    const { file, line, field, value, wrong, fix } = trouble;
    super(`${file}${line > 0 ? ` line ${line}` : ''}: ${field} '${value}' ${wrong}`, options);
    this.file = file;
    this.line = line;
    this.field = field;
    this.value = value;
    this.fix = fix;
  }
}
