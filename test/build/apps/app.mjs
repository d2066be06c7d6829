import { App, Duration, Stack } from 'aws-cdk-lib';
import { TemplateVideo } from 'template-video';

const { SIMULATOR = 'https://minimax.invalid' } = process.env;
const app = new App();
new TemplateVideo(new Stack(app, 'Shop'), 'Videos', {
  minimaxHost: SIMULATOR,
  trustedDownloadOrigins: [SIMULATOR],
  firstWait: Duration.seconds(1),
  pollInterval: Duration.seconds(1),
});
