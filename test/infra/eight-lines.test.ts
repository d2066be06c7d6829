import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { testApp } from '../harness/synthesized.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');
const EXAMPLE = join(PROJECT, 'examples', 'eight-lines.ts');
const text = readFileSync(EXAMPLE, 'utf8');

test('the smallest example has eight lines at most', () => {
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(8);
});

test('the smallest example synthesizes as the command line of the CDK runs it', async () => {
  const folder = await temporaryFolder();
  const env = { CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(testApp().context) };
  await run(process.execPath, [EXAMPLE], { cwd: folder, env });
  const file = join(folder, 'Shop.template.json');
  expect(existsSync(file)).toBe(true);
  const { Resources, Outputs } = JSON.parse(readFileSync(file, 'utf8'));
  const types = Object.values(Resources as Record<string, { readonly Type: string }>).map(({ Type }) => Type);
  expect(types).toContain('AWS::StepFunctions::StateMachine');
  expect(Object.keys(Outputs)).toContain('VideosVideosUrl');
});
