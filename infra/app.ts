import { type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { InvalidSetting } from './settings.ts';
import { createApp } from './stack.ts';

/** Synthesizes the app and checks it with cdk-nag. Findings are in `validation-report.json`. @throws InvalidSetting */
export function synthesizeChecked(props: AppProps = {}): void {
  const app = createApp(props);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  app.synth();
}

if (import.meta.main)
  try {
    synthesizeChecked();
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    console.error(error.message);
    // Not `exitCode`: before such a process ends, the CDK synthesizes the incomplete app and reports on it.
    process.exit(1);
  }
