/**
 * The broker that only records: works an order once, however often it is given, and is itself again after a restart.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogOnlyBridge } from '../../../../gateway/brokers/simulated-broker.ts';
import type { Broker } from '../../../../shared/ports/broker.ts';
import { MINUTE_MS } from '../../../../shared/domain/units/units.ts';
import { bar, entryOrder, exitOrder, frameOf, runConfig, SESSION, stopOrder } from '../../../support/core/core.ts';

const MINUTES = 60;
const QUIET = () => frameOf([bar(), bar()]);

describe('the log-only bridge', () => {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'jules-bridge-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  async function open(): Promise<Broker> {
    const broker = createLogOnlyBridge(runConfig(), dataDir);
    await broker.startSession(SESSION, MINUTES);
    return broker;
  }
  const logged = () =>
    readFileSync(join(dataDir, 'orders', 'run-1.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);

  it('fills an order on the minute after the one it was given in, not before', async () => {
    const broker = await open();
    expect((await broker.report(40, QUIET())).fills).toEqual([]);
    await broker.submit({ orders: [entryOrder()], cancels: [] });
    const { fills } = await broker.report(41, QUIET());
    expect(fills).toMatchObject([{ orderRef: entryOrder().orderRef, quantity: 10, minuteIndex: 41 }]);
  });

  it('works a reference once that is given twice', async () => {
    const broker = await open();
    await broker.report(40, QUIET());
    await broker.submit({ orders: [entryOrder()], cancels: [] });
    await broker.submit({ orders: [entryOrder()], cancels: [] });
    expect((await broker.report(41, QUIET())).fills).toHaveLength(1);
    expect((await broker.report(42, QUIET())).fills).toEqual([]);
    expect(logged()).toEqual([{ order: entryOrder() }]);
  });

  it('withdraws an entry whose reference is cancelled', async () => {
    const broker = await open();
    await broker.report(40, QUIET());
    await broker.submit({ orders: [entryOrder()], cancels: [] });
    await broker.submit({ orders: [], cancels: [entryOrder().orderRef] });
    const { fills, closed } = await broker.report(41, QUIET());
    expect(fills).toEqual([]);
    expect(closed).toEqual([{ orderRef: entryOrder().orderRef, reason: 'CANCELLED' }]);
  });

  it('reports the same after a restart when the minutes and decisions are folded again', async () => {
    const before = await open();
    await before.report(40, QUIET());
    await before.submit({ orders: [entryOrder()], cancels: [] });
    const expected = await before.report(41, QUIET());

    const after = await open();
    await after.report(40, QUIET());
    await after.recall({ orders: [entryOrder()], cancels: [] });
    expect(await after.report(41, QUIET())).toEqual(expected);
    expect(logged()).toEqual([{ order: entryOrder() }]);
  });

  it('says what works, what is held and what was executed, before and after a restart', async () => {
    const entry = entryOrder();
    const stop = stopOrder(entry);
    const exit = exitOrder({ minuteIndex: 42, quantity: 4 });
    const instructions = { orders: [entry, stop], cancels: [] };
    /** A tenth of 40 shares is what the open gives. */
    const thin = () => frameOf([bar({ volume: 40 }), bar()]);
    const seen = async (broker: Broker) => ({
      orders: (await broker.openOrders()).map(({ order, quantity, filled }) => [order.orderRef, quantity, filled]),
      positions: await broker.positions(),
      executions: (await broker.executionsSince(SESSION.openMs + 42 * MINUTE_MS)).map(({ fillId }) => fillId),
    });

    const broker = await open();
    await broker.report(40, QUIET());
    await broker.submit(instructions);
    expect(await seen(broker)).toEqual({
      orders: [
        [entry.orderRef, 10, 0],
        [stop.orderRef, 0, 0],
      ],
      positions: [],
      executions: [],
    });
    await broker.report(41, thin());
    // The entry is over after its minute; its child protects the four shares that it bought, not the ten it was for.
    const held = { orders: [[stop.orderRef, 4, 0]], positions: [{ symbol: 'AAPL', quantity: 4 }], executions: [] };
    expect(await seen(broker)).toEqual(held);

    const again = await open();
    await again.report(40, QUIET());
    await again.recall(instructions);
    await again.report(41, thin());
    expect(await seen(again)).toEqual(held);
    await again.submit({ orders: [exit], cancels: [] });
    await again.report(42, QUIET());
    expect(await seen(again)).toEqual({ orders: [], positions: [], executions: [`${exit.orderRef}.1`] });
  });

  it('records an order that was decided before a crash and never submitted', async () => {
    const broker = await open();
    await broker.report(40, QUIET());
    await broker.recall({ orders: [entryOrder()], cancels: [] });
    expect(logged()).toEqual([{ order: entryOrder() }]);
  });
});
