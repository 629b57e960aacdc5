/**
 * Values on their way between rows and units: BIGINT arrives as text and is checked, many rows leave as one array per
 * column.
 */

/** Throws RangeError naming the column. */
export function integer(text: string, column: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${column} holds ${text}, which is not a safe integer`);
  return value;
}

export function integerOrNull(text: string | null, column: string): number | null {
  return text === null ? null : integer(text, column);
}

/** One array for each of the named fields, in their order: what `unnest` takes. */
export function columns<Row>(rows: readonly Row[], fields: readonly (keyof Row)[]): Row[keyof Row][][] {
  return fields.map((field) => rows.map((row) => row[field]));
}
