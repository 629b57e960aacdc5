/**
 * Lambda entry of the page behind a function URL, which lets in who has signed: picks adapters by the environment and
 * answers with the page's application.
 *
 * A function ends with its answer, so the page polls here; and it may only read the database, so who asked for what is
 * kept in its log. The command itself is audited by risk, as everywhere.
 */

/* oxlint-disable typescript/no-deprecated -- its successor, @hono/aws-lambda, is announced and not published yet */
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { createPool } from '../../shared/adapters/postgres/connection/pool.ts';
import { createReportViews } from '../../shared/adapters/postgres/report/report-views.ts';
import { functionParts } from '../../shared/entry/function-parts.ts';
import { createCommandSender } from '../../shared/runtime/command-sender.ts';
import { readPageSecret } from '../../shared/runtime/function-settings.ts';
import { createTokenCheck } from '../../shared/runtime/token-check.ts';
import { createReportApp } from './page/app.ts';
import { createStoredStatus } from './page/stored-status.ts';

export { createReport } from './handler.ts';

const { clock, logger, secrets, queue, postgres } = functionParts('report', process.env);
const views = createReportViews(createPool(postgres));
const status = createStoredStatus(views);
const token = createTokenCheck({ secrets, name: readPageSecret(process.env), clock });

/** The page answers to the name it was called by: nobody gets here whom AWS has not let in. */
function applicationFor(host: string): ReturnType<typeof handle> {
  const app = createReportApp({
    views,
    status,
    token,
    clock,
    logger,
    commands: {
      send: async (command) => createCommandSender({ queue, runId: (await status()).run.runId }).send(command),
    },
    audit: { record: (access) => logger.info({ access }, 'a change was requested') },
    allowedHosts: [host],
    hasStream: false,
  });
  return handle(app);
}

let application: ReturnType<typeof handle> | null = null;

export const handler = (event: LambdaEvent, context?: LambdaContext): ReturnType<ReturnType<typeof handle>> => {
  application ??= applicationFor(hostOf(event));
  return application(event, context);
};

function hostOf({ requestContext }: LambdaEvent): string {
  return 'domainName' in requestContext ? String(requestContext.domainName).toLowerCase() : 'localhost';
}
