import { App, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { TemplateVideo } from 'template-video';

const videos = new TemplateVideo(new Stack(new App(), 'Shop'), 'Videos');
const shop = Role.fromRoleName(videos, 'ShopRole', 'shop');
videos.grantStart(shop);
videos.grantRead(shop);
