/**
 * The schema of a database as text that a person can read and a comparison can trust: sorted, without anything that
 * depends on when or where it was made.
 */

import type { Client } from 'pg';

/** One question per kind of object; each answers with finished lines, in order. */
const SECTIONS: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'relations and columns',
    text: `SELECT format(E'%s %s.%s owner %s%s\\n  %s', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
          WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' END,
        n.nspname, c.relname, r.rolname, coalesce(' with ' || array_to_string(c.reloptions, ', '), ''),
        string_agg(format('%s %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attcollation = 'pg_catalog."C"'::regcollation THEN ' collate C' ELSE '' END,
          CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
          coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''),
          CASE a.attidentity WHEN '' THEN '' ELSE ' identity' END), E'\\n  ' ORDER BY a.attnum)) AS line
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_roles r ON r.oid = c.relowner
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE n.nspname IN ('public', 'md') AND c.relkind IN ('r', 'p', 'v', 'm')
      GROUP BY n.nspname, c.relname, c.relkind, c.reloptions, r.rolname ORDER BY n.nspname, c.relname`,
  },
  {
    title: 'partitions',
    text: `SELECT format('%s of %s: %s', c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid)) AS line
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
      WHERE c.relkind = 'r' ORDER BY c.relname`,
  },
  {
    title: 'constraints',
    text: `SELECT format('%s: %s %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS line
      FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
      WHERE n.nspname IN ('public', 'md') AND c.contype <> 'n' ORDER BY c.conrelid::regclass::text, c.conname`,
  },
  {
    title: 'indexes',
    text: `SELECT indexdef AS line FROM pg_indexes WHERE schemaname IN ('public', 'md') ORDER BY schemaname, indexname`,
  },
  {
    title: 'views',
    text: `SELECT format('%s.%s: %s', schemaname, viewname, regexp_replace(definition, '\\s+', ' ', 'g')) AS line
      FROM pg_views WHERE schemaname IN ('public', 'md') ORDER BY schemaname, viewname`,
  },
  {
    title: 'functions',
    text: `SELECT format('%s owner %s%s', pg_get_functiondef(p.oid), r.rolname,
        CASE WHEN p.prosecdef THEN ' runs as its owner' ELSE '' END) AS line
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
      WHERE n.nspname IN ('public', 'md') ORDER BY n.nspname, p.proname`,
  },
  {
    title: 'grants',
    text: `SELECT format('%s on %s: %s', role, object, string_agg(privilege, ', ' ORDER BY privilege)) AS line FROM (
        SELECT grantee AS role, table_schema || '.' || table_name AS object, lower(privilege_type) AS privilege
          FROM information_schema.role_table_grants WHERE table_schema IN ('public', 'md')
        UNION ALL
        SELECT grantee, table_schema || '.' || table_name,
            lower(privilege_type) || ' (' || string_agg(column_name, ', ' ORDER BY column_name) || ')'
          FROM information_schema.role_column_grants g WHERE table_schema IN ('public', 'md') AND NOT EXISTS (
            SELECT FROM information_schema.role_table_grants t WHERE t.grantee = g.grantee AND t.table_schema = g.table_schema
              AND t.table_name = g.table_name AND t.privilege_type = g.privilege_type)
          GROUP BY grantee, table_schema, table_name, privilege_type
        UNION ALL
        SELECT grantee, 'function ' || routine_schema || '.' || routine_name, lower(privilege_type)
          FROM information_schema.role_routine_grants WHERE routine_schema IN ('public', 'md')
        UNION ALL
        SELECT coalesce(r.rolname, 'PUBLIC'), 'schema ' || n.nspname, lower(acl.privilege_type)
          FROM pg_namespace n, aclexplode(n.nspacl) AS acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
          WHERE n.nspname IN ('public', 'md')
      ) AS granted WHERE role <> 'jules_owner' GROUP BY role, object ORDER BY role, object`,
  },
  {
    title: 'roles',
    text: `SELECT format('%s: login %s, superuser %s, creates databases %s, creates roles %s', rolname, rolcanlogin, rolsuper,
        rolcreatedb, rolcreaterole) AS line FROM pg_roles WHERE rolname LIKE 'jules\\_%' ORDER BY rolname`,
  },
];

export async function schemaText(client: Client): Promise<string> {
  const parts: string[] = [];
  for (const { title, text } of SECTIONS) {
    const { rows } = await client.query<{ line: string }>(text);
    parts.push(`== ${title} ==`, ...rows.map(({ line }) => line.trimEnd()), '');
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

/** Lines that only one of the two has, as a diff would mark them. */
export function differingLines(before: string, now: string): string[] {
  const linesBefore = new Set(before.split('\n'));
  const linesNow = new Set(now.split('\n'));
  return [
    ...[...linesBefore].filter((line) => !linesNow.has(line)).map((line) => `- ${line}`),
    ...[...linesNow].filter((line) => !linesBefore.has(line)).map((line) => `+ ${line}`),
  ];
}
