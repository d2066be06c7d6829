/** What a task is doing, whatever word MiniMax has for it. */
export type TaskStatus = 'running' | 'succeeded' | 'failed';
