import { App, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { TemplateVideo } from 'template-video';

const stack = new Stack(new App(), 'Shop');
const videos = new TemplateVideo(stack, 'Videos');
const shop = Role.fromRoleName(stack, 'ShopRole', 'shop');
videos.grantStart(shop);
