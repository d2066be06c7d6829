import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { createApp } from './create-app.ts';

const app = createApp();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
