/**
 * Keeps the state of every process and writes it for the page, each time something changes.
 */

import { type StatusFile, writeStatusFile } from '../../shared/runtime/status-file.ts';
import type { ChildEvent } from './managed-child.ts';

type Part = StatusFile['parts'][number];

export class PartBoard {
  readonly #dataDir: string;
  readonly #nowMs: () => number;
  readonly #parts: Map<string, Part>;
  #failure = '';

  constructor(dataDir: string, names: readonly string[], nowMs: () => number) {
    this.#dataDir = dataDir;
    this.#nowMs = nowMs;
    this.#parts = new Map(names.map((name) => [name, { name, state: 'starting', detail: '' }]));
    this.#write();
  }

  note(name: string, event: ChildEvent): void {
    const part = partOf(name, event);
    if (part === null) return;
    this.#parts.set(name, part);
    if (event.kind === 'gave-up') this.#failure = `${name} ${event.reason}`;
    this.#write();
  }

  #write(): void {
    const parts = [...this.#parts.values()];
    const missing = parts.filter((part) => part.state === 'starting' || part.state === 'down').map((part) => part.name);
    const phase = this.#failure ? 'failed' : missing.length > 0 ? 'starting' : 'running';
    const waitingFor = this.#failure || missing.join(', ');
    try {
      writeStatusFile(this.#dataDir, { format: 1, updatedAtMs: this.#nowMs(), phase, waitingFor, parts });
    } catch {
      // A full disk must not take the supervisor down; the page shows the last state that was written.
    }
  }
}

function partOf(name: string, event: ChildEvent): Part | null {
  switch (event.kind) {
    case 'healthy':
      return { name, state: 'up', detail: '' };
    case 'crashed':
      return { name, state: 'down', detail: `${event.reason}; starts again in ${event.restartInMs} ms` };
    case 'gave-up':
      return { name, state: 'down', detail: event.reason };
    case 'broken':
      return { name, state: 'down', detail: `${event.reason}; starts again when its code changes` };
    case 'ended':
      return { name, state: 'finished', detail: 'no more sessions' };
    case 'message':
      return null;
  }
}
