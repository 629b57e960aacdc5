/**
 * The log of orders holds each line once.
 */

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OrderLog } from '../../../../gateway/brokers/order-log.ts';
import { entryOrder, exitOrder } from '../../../support/core/core.ts';

describe('the order log', () => {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'jules-orders-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const path = () => join(dataDir, 'orders', 'run-1.jsonl');
  const lines = () => readFileSync(path(), 'utf8').split('\n');
  const entry = entryOrder();
  const exit = exitOrder({ minuteIndex: 45 });

  it('writes one line for each cancel and order, cancels first as they take effect first', () => {
    new OrderLog(dataDir, 'run-1').append({ orders: [entry], cancels: ['a-ref'] });
    expect(lines()).toEqual(['{"cancel":"a-ref"}', JSON.stringify({ order: entry }), '']);
  });

  it('writes nothing twice, in one life or the next', () => {
    const log = new OrderLog(dataDir, 'run-1');
    log.append({ orders: [entry], cancels: [] });
    log.append({ orders: [entry], cancels: [] });
    const next = new OrderLog(dataDir, 'run-1');
    next.append({ orders: [entry, exit], cancels: [] });
    expect(lines()).toEqual([JSON.stringify({ order: entry }), JSON.stringify({ order: exit }), '']);
  });

  it('knows an order again whose fields come in another order', () => {
    new OrderLog(dataDir, 'run-1').append({ orders: [entry], cancels: [] });
    const recalled = Object.fromEntries(Object.entries(entry).toReversed()) as unknown as typeof entry;
    new OrderLog(dataDir, 'run-1').append({ orders: [recalled], cancels: [] });
    expect(lines()).toEqual([JSON.stringify({ order: entry }), '']);
  });

  it('writes a line again that a crash cut in half, on a line of its own', () => {
    new OrderLog(dataDir, 'run-1').append({ orders: [entry], cancels: [] });
    const whole = readFileSync(path(), 'utf8');
    writeFileSync(path(), whole.slice(0, 40));
    new OrderLog(dataDir, 'run-1').append({ orders: [entry], cancels: [] });
    expect(lines()).toEqual([whole.slice(0, 40), JSON.stringify({ order: entry }), '']);
  });

  it('takes a line that lacks only its end for whole', () => {
    new OrderLog(dataDir, 'run-1').append({ orders: [entry], cancels: [] });
    truncateSync(path(), readFileSync(path(), 'utf8').length - 1);
    new OrderLog(dataDir, 'run-1').append({ orders: [entry, exit], cancels: [] });
    expect(lines()).toEqual([JSON.stringify({ order: entry }), JSON.stringify({ order: exit }), '']);
  });
});
