import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesizeChecked } from '../../infra/app.ts';
import { testApp } from '../harness/synthesized.ts';

export const WITH_DEFAULT_RULES = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** The open findings of cdk-nag and of CloudFormation in a stack with these settings. */
export function findingsOf(settings: object): unknown {
  const { outdir = '', context } = testApp();
  synthesizeChecked({ outdir, context: { ...context, ...WITH_DEFAULT_RULES, ...settings } });
  return JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')).pluginReports;
}
