/**
 * Reads a synthesised cloud assembly: its stacks in the order of their need, and their templates.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export interface AssemblyStack {
  /** As the CDK command line names it. */
  readonly id: string;
  /** As the account names it, such as `jules-local-messaging`. */
  readonly name: string;
  readonly template: Template;
}

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
});
const templateSchema = z.looseObject({ Resources: z.record(z.string(), resourceSchema).default({}) });
export type Template = z.infer<typeof templateSchema>;
export type TemplateResource = z.infer<typeof resourceSchema>;

const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
      dependencies: z.array(z.string()).optional(),
    }),
  ),
});
type Artifacts = z.infer<typeof manifestSchema>['artifacts'];

export function readAssembly(dir: string): AssemblyStack[] {
  const { artifacts } = manifestSchema.parse(readJson(join(dir, 'manifest.json')));
  return inOrder(artifacts).flatMap((id) => {
    const { type, properties } = artifacts[id]!;
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const template = templateSchema.parse(readJson(join(dir, properties.templateFile)));
    return [{ id, name: properties.stackName ?? id, template }];
  });
}

/** A template as CloudFormation gives it back; null when it is not ours, such as one in YAML. */
export function parseTemplate(text: string): Template | null {
  try {
    return templateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What others depend on first, otherwise as written. */
function inOrder(artifacts: Artifacts): string[] {
  const ordered = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    for (const need of artifacts[id]?.dependencies ?? []) if (need in artifacts && need !== id) visit(need);
    ordered.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8')) as unknown;
}
