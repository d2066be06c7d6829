import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { createApp } from '../../infra/create-app.ts';
import type { TemplateVideoStack } from '../../infra/stack.ts';

/** An app in a folder that is gone after the test file. */
export function appWith(props: AppProps = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'template-video-test-'));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));
  return createApp({ outdir, builtinCloudFormationValidation: false, ...props });
}

export function templateOf(app: App): Template {
  return Template.fromStack(app.node.findChild('TemplateVideo') as TemplateVideoStack);
}
