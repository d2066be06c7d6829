/** What a task is doing, apart from MiniMax's own word for it. */
export type TaskStatus = 'running' | 'succeeded' | 'failed';
