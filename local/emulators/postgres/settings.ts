/**
 * How the embedded server is set: small, durable, on loopback only.
 *
 * Given on the command line at every start, so that a new version's settings apply to an old folder. Durability is
 * never traded: `fsync` and `synchronous_commit` stay on.
 */

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
  // A statement may hold what somebody's message held; its error says enough.
  log_min_error_statement: 'panic',
  // Memory: more brought no speed at our sizes.
  shared_buffers: '32MB',
  max_connections: '40',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '256MB',
  min_wal_size: '16MB',
  // Processes we have no use for.
  io_method: 'sync',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Statements take a millisecond; compiling one takes a hundred.
  jit: 'off',
  // A client that hangs inside a transaction holds locks on the minute's way.
  idle_in_transaction_session_timeout: '60s',
};

export function settingArguments(port: number): string[] {
  return Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
