import {defineConfig} from 'vitest/config';

const env = {COLUMNS: '100', LINES: '24', FORCE_COLOR: '1', NODE_ENV: 'test', TZ: 'UTC'};
const project = (name: string, include: string[], testTimeout: number) => ({
	test: {
		name,
		include,
		env,
		testTimeout,
		hookTimeout: 120_000,
		isolate: false,
		fileParallelism: name === 'unit',
		...(name === 'lab' ? {globalSetup: ['test/lab/setup.ts']} : {}),
	},
});

export default defineConfig({
	root: new URL('..', import.meta.url).pathname,
	test: {
		projects: [
			/** No child process but a shell, no network but loopback. */
			project('unit', ['test/unit/**/*.test.{ts,tsx}'], 20_000),
			/** The built program in a pty. */
			project('program', ['test/program/**/*.test.{ts,tsx}'], 60_000),
			/** Real systemd, sshd, journald, dockerd; skipped with one line where no lab is up. */
			project('lab', ['test/lab/**/*.test.ts'], 180_000),
		],
	},
});
