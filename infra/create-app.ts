import { App, type AppProps } from 'aws-cdk-lib';
import { readStackName } from './settings.ts';
import { TemplateVideoStack } from './stack.ts';

/** The whole app, ready to be synthesized. */
export function createApp(props: AppProps = {}): App {
  const app = new App(props);
  new TemplateVideoStack(app, 'TemplateVideo', {
    stackName: readStackName(app.node),
    description: 'Videos from MiniMax templates, submitted, awaited and stored by Step Functions',
  });
  return app;
}
