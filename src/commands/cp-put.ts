/** `devtop cp FILE <target>:PATH`: through the gate, as `devtop act` goes. */
import {createHash, randomBytes} from 'node:crypto';
import {createReadStream, statSync} from 'node:fs';
import {basename} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {type Failure, failure, isFailure, type Road} from '../domain/channel.ts';
import type {FileSubject} from '../domain/guard.ts';
import {partOf} from '../domain/part.ts';
import {lookAtFile} from '../session/guard/look.ts';
import type {Session} from '../session/session.ts';
import {sources} from '../sources/index.ts';
import {act} from './act.ts';
import type {Copying} from './command.ts';
import {CopyProgress} from './cp-progress.ts';
import {devicePath, FOLDERS} from './cp-words.ts';
import {usage} from './options.ts';
import {type Said, say} from './said.ts';

/** The exit code where it is not known how it ended: the link or the session ended before. */
const NOT_KNOWN = 5;

type Local = Pick<FileSubject, 'size' | 'sha256' | 'mode'>;

/** What is to be copied, or why it can't be. */
async function localFile(file: string): Promise<Local | Failure> {
	try {
		const stat = statSync(file);
		if (stat.isDirectory()) return usage(`${file} is a folder: ${FOLDERS}`);
		if (!stat.isFile())
			return usage(`${file} is no plain file: devtop cp has to know its size and its SHA-256 before.`);
		const hash = createHash('sha256');
		await pipeline(createReadStream(file), hash);
		// Neither setuid nor setgid: whoever wants that on a device says so there.
		return {size: stat.size, sha256: hash.digest('hex'), mode: (stat.mode & 0o777).toString(8)};
	} catch (error) {
		return failure('usage', `${file} can't be read: ${(error as Error).message}.`);
	}
}

/** Its bytes, no more than were counted. Throws where there are fewer: the device waits for as many as it was told. */
async function* piecesOf(file: string, size: number, progress: CopyProgress): AsyncIterable<Uint8Array> {
	let sent = 0;
	if (size > 0)
		for await (const piece of createReadStream(file, {end: size - 1, highWaterMark: 1 << 16})) {
			yield piece as Uint8Array;
			sent += (piece as Uint8Array).length;
			progress.at(sent);
		}
	if (sent < size) throw new Error(`${file} has become shorter`);
}

/** Where it goes: into a folder by its own name, from the home of the login on where no slash stands before it. */
async function goalOf(session: Session, typed: string, name: string): Promise<{readonly path: string} | string> {
	const into = typed === '' || typed.endsWith('/');
	const {connection, fold} = session;
	if (connection === null) return 'The link is not up: try again when it is back.';
	const looked = await lookAtFile({connection, sources, fold}, devicePath(into ? `${typed}${name}` : typed));
	if (typeof looked === 'string') return `The device could not be read, so nothing can be decided (${looked}).`;
	const path = devicePath(typed, looked.home || '.');
	return {path: into ? `${path}${name}` : looked.kind === 'folder' ? `${path}/${name}` : path};
}

export async function put(road: Road, copying: Copying, settled: () => void): Promise<Said | Failure> {
	const {local, remote, force} = copying;
	const file = await localFile(local);
	if (isFailure(file)) return file;
	const subject: FileSubject = {
		kind: 'file',
		path: devicePath(remote),
		...file,
		mark: randomBytes(4).toString('hex'),
		force,
	};
	let path = subject.path;
	const acting = {...copying, kind: 'act', action: 'file.put', subject, confirm: null, json: false} as const;
	const said = await act(road, acting, settled, {
		subject: async session => {
			const goal = await goalOf(session, remote, basename(local));
			if (typeof goal === 'string') return goal;
			({path} = goal);
			return {...subject, path};
		},
		feed: () => piecesOf(local, file.size, new CopyProgress(file.size)),
	});
	if (!isFailure(said) && said.code === NOT_KNOWN)
		say(`${partOf(path, subject.mark)} may be left on the device: the next attempt removes it.`);
	return said;
}
