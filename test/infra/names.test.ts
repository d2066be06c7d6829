import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { FUNCTION_ENVIRONMENT } from '../../lambdas/core/environment.ts';
import {
  appWith,
  definitionOf,
  functionOf,
  resolvedTemplateOf,
  toConstructId,
} from '../harness/synthesized.ts';

const app = appWith();
const steps = Object.entries(definitionOf(resolvedTemplateOf(app)).States);

test('gives one thing one name: file, state, construct and function', () => {
  const lambdas = join(import.meta.dirname, '..', '..', 'lambdas');
  const files = readdirSync(lambdas, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  expect(files.sort()).toEqual(
    Object.keys(FUNCTION_ENVIRONMENT)
      .map((name) => `${name}.ts`)
      .sort(),
  );

  const service = app.node.findChild('TemplateVideo').node.findChild('TemplateVideo');
  const workflow = service.node.findChild('Workflow');
  for (const [name, state] of steps) {
    const id = toConstructId(name);
    expect(workflow.node.tryFindChild(id), `the construct ${id} of the state ${name}`).toBeDefined();
    if (state.Type !== 'Task') continue;
    expect(functionOf(state)).toContain(`:function:TemplateVideo${id}`);
    expect(service.node.tryFindChild(id)).toBeDefined();
    expect(Object.keys(FUNCTION_ENVIRONMENT)).toContain(name.toLowerCase().replace(' ', '-'));
  }
  const stateIds = workflow.node.children.filter(isState).map(({ node }) => node.id);
  expect(stateIds.sort()).toEqual(steps.map(([name]) => toConstructId(name)).sort());
});

function isState(construct: IConstruct): boolean {
  return 'stateId' in construct;
}
