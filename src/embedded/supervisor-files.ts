/** The supervisor's database and copies of it: the only files that this device has. */
import type {Answer} from './systemctl.ts';

export const DATABASE = '/mnt/data/resin-data/balena-supervisor/database.sqlite';

export type File = {readonly size: number; readonly mtimeMs: number; readonly inode: number};

export interface SupervisorFiles {
	readonly all: ReadonlyMap<string, File>;
	/** `cp -p -- FROM TO` and `rm -- FILE`. */
	run(argv: readonly string[]): Answer;
	/** What the supervisor does as it starts: makes its database where there is none. */
	make(nowMs: number): void;
	/** Somebody else takes a file away. */
	lose(path: string): void;
}

const refused = (err: string): Answer => ({out: '', err: `${err}\n`, code: 1});

export function createSupervisorFiles(bootMs: number): SupervisorFiles {
	let inodes = 131_084;
	const all = new Map<string, File>([[DATABASE, {size: 106_496, mtimeMs: bootMs + 14_000, inode: inodes}]]);
	return {
		all,
		run: ([name, ...words]) => {
			const [from = '', to = ''] = words.slice(words.indexOf('--') + 1);
			const file = all.get(from);
			if (file === undefined)
				return refused(`${name}: cannot ${name === 'cp' ? 'stat' : 'remove'} '${from}': No such file or directory`);
			if (name === 'cp') all.set(to, {...file, inode: ++inodes});
			else all.delete(from);
			return {out: '', err: '', code: 0};
		},
		make: nowMs => {
			if (!all.has(DATABASE)) all.set(DATABASE, {size: 98_304, mtimeMs: nowMs, inode: ++inodes});
		},
		lose: path => {
			all.delete(path);
		},
	};
}
