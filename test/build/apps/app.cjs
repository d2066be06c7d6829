const { App, Stack } = require('aws-cdk-lib');
const { TemplateVideo } = require('template-video');

new TemplateVideo(new Stack(new App(), 'Shop'), 'Videos');
