/**
 * What a deploy would do, from two templates.
 */

import { describe, expect, it } from 'vitest';
import type { Template } from '../../../../local/deploy/assembly.ts';
import { compareTemplates, planStack } from '../../../../local/deploy/plan.ts';

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'minutes.fifo', VisibilityTimeout: 60 } };
const SECRET = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'jules/page/token' } };

function template(resources: Template['Resources']): Template {
  return { Resources: resources };
}

describe('comparing two templates', () => {
  it('names what is created, changed and deleted, and which properties differ', () => {
    const slower = { ...QUEUE, Properties: { ...QUEUE.Properties, VisibilityTimeout: 120, FifoQueue: true } };
    const changes = compareTemplates(template({ a: QUEUE, gone: SECRET }), template({ a: slower, fresh: SECRET }));
    expect(changes).toEqual([
      { action: 'change', logicalId: 'a', type: QUEUE.Type, properties: ['FifoQueue', 'VisibilityTimeout'] },
      { action: 'create', logicalId: 'fresh', type: SECRET.Type, properties: [] },
      { action: 'delete', logicalId: 'gone', type: SECRET.Type, properties: [] },
    ]);
  });

  it('finds no change in the order of keys, nor in where a resource came from', () => {
    const reordered = {
      Type: QUEUE.Type,
      Metadata: { 'aws:cdk:path': 'elsewhere' },
      Properties: { VisibilityTimeout: 60, QueueName: 'minutes.fifo' },
    };
    expect(compareTemplates(template({ a: QUEUE }), template({ a: reordered }))).toEqual([]);
  });

  it('tells a resource that becomes another type', () => {
    const changes = compareTemplates(template({ a: QUEUE }), template({ a: { ...QUEUE, Type: 'AWS::SNS::Topic' } }));
    expect(changes).toEqual([{ action: 'change', logicalId: 'a', type: 'AWS::SNS::Topic', properties: ['Type'] }]);
  });
});

describe('the plan of a stack', () => {
  const wanted = template({ a: QUEUE });

  it.each([
    { deployed: null, action: 'create' },
    { deployed: { status: 'CREATE_COMPLETE', template: wanted }, action: 'none' },
    { deployed: { status: 'UPDATE_ROLLBACK_COMPLETE', template: template({}) }, action: 'change' },
    { deployed: { status: 'ROLLBACK_COMPLETE', template: wanted }, action: 'repair' },
    { deployed: { status: 'CREATE_IN_PROGRESS', template: wanted }, action: 'repair' },
    { deployed: { status: 'CREATE_COMPLETE', template: null }, action: 'change' },
  ])('is $action for $deployed.status', ({ deployed, action }) => {
    expect(planStack('jules-local-messaging', wanted, deployed).action).toBe(action);
  });
});
