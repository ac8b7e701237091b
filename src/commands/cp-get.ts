/** `devtop cp <target>:PATH FILE`: reads only, once it is said that the file may be read. It is whole, or it is not there. */
import {type Failure, failure, isFailure, type Road} from '../domain/channel.ts';
import type {FileReading} from '../domain/guard.ts';
import {nameOf} from '../domain/part.ts';
import {everything} from '../domain/source.ts';
import {lookAtFile} from '../session/guard/look.ts';
import type {Session} from '../session/session.ts';
import {sources} from '../sources/index.ts';
import {yes} from './ask.ts';
import type {Copying} from './command.ts';
import {LocalCopy} from './cp-local.ts';
import {CopyProgress} from './cp-progress.ts';
import {devicePath, FOLDERS} from './cp-words.ts';
import {brokenOff, Interruption} from './interruption.ts';
import {endSentence, PROGRAM, placeSentence, recorderFor, sessionOver} from './live.ts';
import {type Said, say} from './said.ts';

/** So long is waited for a link that was lost. */
const BACK_MS = 120_000;
const HISTORY = 100;

type Ended = {readonly code: 0 | 1 | 4; readonly sentence: string};
const failed = (sentence: string): Ended => ({code: 1, sentence});
const refused = (sentence: string): Ended => ({code: 4, sentence});

type Reader = NonNullable<Session['connection']>;

/** The connection, when there is one (again); null where none came. */
async function linkOf(session: Session): Promise<Reader | null> {
	for (const end = performance.now() + BACK_MS; performance.now() < end; ) {
		const {connection} = session;
		if (connection !== null) return connection;
		if (session.fold.link.kind === 'refused' || session.fold.link.kind === 'closed') return null;
		await new Promise(resolve => setTimeout(resolve, 200));
	}
	return null;
}

/** A plain file that may be read, and how large it is. */
type Readable = FileReading & {readonly size: number; readonly sha256: string};

const lookedAt = (file: FileReading): Readable | Ended => {
	if (file.kind === null)
		return failed(file.link ? 'It is a link that leads nowhere.' : 'There is no such file on the device.');
	if (file.kind === 'folder') return refused(`That is a folder: ${FOLDERS}`);
	if (file.kind === 'other') return refused('That is no plain file: it has no size to be compared by.');
	if (!file.sums) return failed('There is no sha256sum on this device, so a copy can’t be compared.');
	const {size, sha256} = file;
	return size === null || sha256 === null ? failed('It may not be read: connect as root.') : {...file, size, sha256};
};

async function look(session: Session, path: string): Promise<Readable | Ended> {
	const connection = await linkOf(session);
	if (connection === null) return failed('The link did not come back.');
	const {fold} = session;
	const file = await lookAtFile({connection, sources, fold}, path);
	return typeof file === 'string' ? failed(`The device could not be read (${file}).`) : lookedAt(file);
}

/** Copies until it is whole. A lost link is waited for, and reading goes on where it ended, if the file is the same. */
async function fetchInto(session: Session, path: string, first: Readable, copy: LocalCopy): Promise<Ended> {
	const progress = new CopyProgress(first.size);
	let file = first;
	let cut = false;
	let different = false;
	for (;;) {
		const connection = await linkOf(session);
		if (connection === null) return failed('The link was lost and did not come back.');
		const length = file.size - copy.size;
		const ask = {scope: session.fold.scope, path, from: copy.size, length};
		const exit = await connection.bytes(sources['file-bytes'], ask, length, bytes => {
			const went = copy.take(bytes);
			progress.at(copy.size);
			return went;
		});
		if (copy.fault !== '') return failed(`${copy.fault}.`);
		if (isFailure(exit) && exit.code !== 'lost') return failed(exit.message);
		if (copy.size === file.size) {
			if (copy.sha256 === file.sha256) return {code: 0, sentence: ''};
			if (different)
				return failed(
					'What came has another SHA-256 than the device says, twice: the file changes while it is read, or the road changes it.',
				);
			different = true;
			say('What came has another SHA-256 than the device says: once more, from the beginning.');
			copy.again();
		} else if (isFailure(exit) || exit.kind === 'lost')
			say(`The link was lost after ${copy.size} of ${file.size} bytes: waiting for it.`);
		else if (cut) return failed(`Its end did not come, twice: ${copy.size} of ${file.size} bytes.`);
		else {
			cut = true;
			say(`Its end did not come (${copy.size} of ${file.size} bytes): once more, from there.`);
		}
		const again = await look(session, path);
		if ('code' in again) return again;
		if (again.sha256 !== file.sha256) {
			if (copy.size > 0) say('The file has changed on the device meanwhile: from the beginning.');
			if (different && copy.size > 0) return failed('The file changes on the device while it is read.');
			different = true;
			copy.again();
		}
		file = again;
	}
}

/** All of it, over a session that has begun. */
async function copyOver(
	session: Session,
	{remote, local, yes: given}: Copying,
	begun: (copy: LocalCopy) => void,
): Promise<Ended> {
	const path = devicePath(remote);
	session.controls.remark({
		t: 'note',
		text: `A file is copied from the device: ${path}. That it may hold customer data was answered by the operator with ${given ? '--yes' : 'y on the terminal'}.`,
	});
	const file = await look(session, path);
	if ('code' in file) return file;
	const copy = LocalCopy.begin(local, nameOf(path));
	if (isFailure(copy)) return failed(copy.message);
	begun(copy);
	const ended = await fetchInto(session, path, file, copy);
	const why = ended.code === 0 ? copy.keep(Number.parseInt(file.mode ?? '600', 8)) : ended.sentence;
	if (why !== '') {
		copy.drop();
		const sentence = `${why} Nothing of it is left here.`;
		session.controls.remark({t: 'note', text: `The file was not copied from the device: ${path}: ${sentence}`});
		return {...ended, code: ended.code === 0 ? 1 : ended.code, sentence};
	}
	const what = `${copy.size} bytes, SHA-256 ${copy.sha256}, mode ${file.mode ?? 'not known'} on the device`;
	session.controls.remark({t: 'note', text: `The file was copied from the device: ${path}: ${what}.`});
	return {code: 0, sentence: `${copy.place} has ${what}.`};
}

const WORD = {0: 'done', 1: 'failed', 4: 'refused'} as const;

export async function get(road: Road, copying: Copying, settled: () => void): Promise<Said | Failure> {
	const {keep, config, aim} = copying;
	if (!copying.yes) {
		const answer = await yes(
			`${copying.remote} may hold data of the customer. Are you allowed to copy it to this machine? (y/n) `,
		);
		if (answer === null)
			return failure(
				'usage',
				'A file of a device may hold data of the customer: --yes says that you are allowed to copy it, as nobody can be asked here.',
			);
		if (!answer) return {text: 'refused: It was not allowed: nothing was copied.\n', code: 4};
	}
	const recorder = recorderFor(keep, road, true);
	if (isFailure(recorder)) return recorder;
	if (recorder === null) return failure('usage', 'It needs a place for its recording: --record FILE.');
	const configured = {redact: config.redact, uuid: aim.to === 'host' ? aim.uuid : null, own: config.own};
	const session = sessionOver(
		road,
		{...everything, lines: HISTORY},
		recorder,
		keep.ticket,
		`${PROGRAM} cp`,
		configured,
	);
	let partial: LocalCopy | null = null;
	const interruption = new Interruption();
	const beginning = await Promise.race([session.begin(), interruption.came]);
	if (beginning !== null) return isFailure(beginning) ? beginning : await brokenOff(beginning, session, say);
	settled();
	say(placeSentence(recorder));
	const copied = copyOver(session, copying, copy => {
		partial = copy;
	});
	const ended = await Promise.race([copied, interruption.came]);
	await session.stop();
	const broken = 'by' in ended;
	if (broken) (partial as LocalCopy | null)?.drop();
	const recorded = endSentence(recorder);
	if (recorded !== null) say(recorded);
	return broken
		? {text: `left: It was broken off (${ended.by}): nothing of it is left here.\n`, code: ended.code}
		: {text: `${WORD[ended.code]}: ${ended.sentence}\n`, code: ended.code};
}
