/**
 * Entry of the reports: the page as an application for a host to serve, and the summaries for the close report.
 */

export { createReportApp } from './app.ts';
export type { CommandSender, ReportDeps } from './deps.ts';
export { createReport, type Report } from './handler.ts';
