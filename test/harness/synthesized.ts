import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { BUNDLES_CONTEXT } from '../../infra/bundles.ts';
import { createApp, type TemplateVideoStack } from '../../infra/stack.ts';
import { type SynthesizedTemplate, toTemplate } from '../../local/template/template.ts';
import { emptyBundles } from './empty-bundles.ts';

/** What an app of a test has: a folder that is gone after the test file, and no checks or bundles that only take time. */
export function testApp(): AppProps {
  const outdir = mkdtempSync(join(tmpdir(), 'template-video-test-'));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));
  const context = { [BUNDLES_CONTEXT]: emptyBundles(join(outdir, 'bundles')) };
  return { outdir, context, builtinCloudFormationValidation: false };
}

export function appWith(props: AppProps = {}): App {
  const own = testApp();
  return createApp({ ...own, ...props, context: { ...own.context, ...props.context } });
}

export function templateOf(app: App): Template {
  return Template.fromStack(app.node.findChild('TemplateVideo') as TemplateVideoStack);
}

/** The template with its CloudFormation functions worked out, as the embedded runner reads it. */
export function resolvedTemplateOf(app: App): SynthesizedTemplate {
  return toTemplate(templateOf(app).toJSON() as Parameters<typeof toTemplate>[0]);
}

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly TimeoutSeconds?: number;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly Next: string }[];
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds: number;
}

export function definitionOf(template: SynthesizedTemplate): Definition {
  const [machine] = template.resources('AWS::StepFunctions::StateMachine').values();
  return JSON.parse(String(machine?.DefinitionString));
}

/** The ARN of the function that a Task calls. */
export function functionOf({ Resource = '', Parameters }: State): string {
  return Parameters?.FunctionName ?? Resource;
}

/** The id of the construct that makes the state of this name. */
export function toConstructId(state: string): string {
  return state.replace('?', '').replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
}
