/**
 * The prices of `stacks/pricing`, parsed once; a price given by a person takes the place of a recorded one.
 */

import cloudwatch from '../pricing/cloudwatch.json' with { type: 'json' };
import dataTransfer from '../pricing/data-transfer.json' with { type: 'json' };
import ebs from '../pricing/ebs.json' with { type: 'json' };
import ec2 from '../pricing/ec2.json' with { type: 'json' };
import ecr from '../pricing/ecr.json' with { type: 'json' };
import eventbridge from '../pricing/eventbridge.json' with { type: 'json' };
import fargate from '../pricing/fargate.json' with { type: 'json' };
import kms from '../pricing/kms.json' with { type: 'json' };
import lambda from '../pricing/lambda.json' with { type: 'json' };
import rds from '../pricing/rds.json' with { type: 'json' };
import secretsManager from '../pricing/secrets-manager.json' with { type: 'json' };
import sqs from '../pricing/sqs.json' with { type: 'json' };
import vpc from '../pricing/vpc.json' with { type: 'json' };
import { parsePrices, type Price } from './price-row.ts';

const FILES = {
  cloudwatch,
  'data-transfer': dataTransfer,
  ebs,
  ec2,
  ecr,
  eventbridge,
  fargate,
  kms,
  lambda,
  rds,
  'secrets-manager': secretsManager,
  sqs,
  vpc,
};

export interface PriceBook {
  /** Null where nobody has said what it costs there. */
  find(id: string, region: string): Price | null;
  /** Where it is recorded. */
  regionsOf(id: string): string[];
}

const recorded: readonly Price[] = Object.entries(FILES).flatMap(([name, rows]) => parsePrices(name, rows));

export function priceBook(given: Readonly<Record<string, number>>, nowMs: number): PriceBook {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return {
    regionsOf: (id) => recorded.filter((price) => price.id === id).map(({ region }) => region),
    find: (id, region) => {
      const row = recorded.find((price) => price.id === id && (price.region === region || price.region === 'global'));
      const usd = given[id];
      if (usd === undefined) return row ?? null;
      return {
        ...(row ?? { id, service: '', item: '', unit: '' }),
        usd,
        region,
        source: 'given by the caller',
        capturedOn: today,
        quality: 'given',
      };
    },
  };
}
