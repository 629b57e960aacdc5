/**
 * Who may do what in a database, as its catalog has it, in lines that can be compared: roles, whose groups they are in,
 * owners and grants.
 */

type Ask = <Row extends object>(sql: string, database?: string) => Promise<Row[]>;

const OURS = `('jules_owner', 'jules_app', 'jules_reader', 'jules_owner_a', 'jules_app_a', 'jules_reader_a')`;

const ROLES = `SELECT concat_ws(' ', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
    rolbypassrls, rolconnlimit, rolconfig, rolvaliduntil) AS line
  FROM pg_roles WHERE rolname IN ${OURS}`;
const MEMBERS = `SELECT concat_ws(' ', member::regrole, 'in', roleid::regrole, admin_option, inherit_option, set_option) AS line
  FROM pg_auth_members WHERE member::regrole::text IN ${OURS}`;
const DATABASE = `SELECT concat_ws(' ', datname, datdba::regrole, grantee::regrole, privilege_type, is_grantable) AS line
  FROM pg_database, aclexplode(datacl) WHERE datname = 'jules' AND (grantee = 0 OR grantee::regrole::text IN ${OURS})`;
const SCHEMAS = `SELECT concat_ws(' ', nspname, nspowner::regrole, nspacl) AS line
  FROM pg_namespace WHERE nspname IN ('public', 'md')`;
const TABLES = `SELECT concat_ws(' ', relkind, oid::regclass, relowner::regrole, relacl) AS line
  FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'md'::regnamespace)`;
const COLUMNS = `SELECT concat_ws(' ', attrelid::regclass, attname, attacl) AS line
  FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384`;
const FUNCTIONS = `SELECT concat_ws(' ', oid::regprocedure, proowner::regrole, prosecdef, proacl) AS line
  FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'md'::regnamespace)`;

export async function databaseRights(ask: Ask): Promise<string[]> {
  const lines: string[] = [];
  for (const query of [ROLES, MEMBERS, DATABASE, SCHEMAS, TABLES, COLUMNS, FUNCTIONS]) {
    const rows = await ask<{ line: string }>(`${query} ORDER BY 1`, 'jules');
    lines.push(...rows.map(({ line }) => line));
  }
  return lines;
}
