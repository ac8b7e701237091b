/** The entry of the bundle: the only place that joins all layers, and the only one that sets the exit code. */
import {parseCommand} from './commands/arguments.ts';
import {questions} from './commands/ask.ts';
import type {CloudRoad} from './commands/cloud/road.ts';
import type {Command} from './commands/command.ts';
import {configOf} from './commands/config/read.ts';
import {type Config, defaults} from './commands/config/shape.ts';
import {helpFor} from './commands/help.ts';
import {PROGRAM} from './commands/live.ts';
import type {Aim} from './commands/options.ts';
import {type Said, say} from './commands/said.ts';
import {type Failure, isFailure, type Road} from './domain/channel.ts';
import {isUuid} from './domain/uuid.ts';
import {secrets} from './rules/secrets.ts';
import {Redactor} from './session/redactor.ts';
import type {Questions} from './transport/ssh/questions.ts';

function tell(said: Said | Failure): Failure | null {
	if (isFailure(said)) return said;
	process.stdout.write(said.text);
	process.exitCode = said.code;
	return null;
}

type Connecting = Exclude<Extract<Command, {readonly aim: Aim}>, {readonly kind: 'doctor'}>;

/** Watches, reads once, records, or acts. */
async function show(
	command: Connecting,
	road: Road,
	settled?: () => void,
	waited: () => boolean = () => false,
): Promise<Failure | null> {
	if (command.kind === 'act' || command.kind === 'run') {
		const {act} = await import('./commands/act.ts');
		return tell(await act(road, command, settled));
	}
	if (command.kind === 'cp') {
		const {tildeNote} = await import('./commands/cp-words.ts');
		const note = tildeNote(command.remote);
		if (note !== '') say(note);
		if (command.way === 'put') {
			const {put} = await import('./commands/cp-put.ts');
			return tell(await put(road, command, settled ?? (() => {})));
		}
		const {get} = await import('./commands/cp-get.ts');
		return tell(await get(road, command, settled ?? (() => {})));
	}
	const {scope, keep, aim, config} = command;
	const real = aim.to !== 'demo';
	const configured = {
		redact: config.redact,
		uuid: aim.to === 'host' ? aim.uuid : null,
		// Nothing is tidied up by looking at the demo.
		keep: real ? config.keep : defaults.keep,
		own: config.own,
		profiles: config.profiles,
	};
	if (command.kind === 'record') {
		const {record} = await import('./commands/record.ts');
		return tell(await record(road, {...command, configured}, say, settled));
	}
	if (command.once === null) {
		const {watch} = await import('./commands/watch.ts');
		const {lookOnly} = command;
		const {sshCommandFor} = await import('./commands/ssh-command.ts');
		const ssh = sshCommandFor(aim, road);
		const ended = await watch(road, {scope, keep, byDefault: real, configured, lookOnly, waited, ssh}, settled);
		return ended === null ? null : tell(ended);
	}
	const {once} = await import('./commands/once.ts');
	const read = await once(road, scope, command.once === 'json', PROGRAM, configured);
	if (isFailure(read)) return read;
	process.stdout.write(read.text);
	if (read.wrong) process.exitCode = 3;
	return null;
}

const local = async (): Promise<Road> => (await import('./transport/local/road.ts')).localRoad();

/** The road to a host or to the device of a uuid, who has to answer there, and what is never to be said; `atOnce` as in `roadOf`. */
async function roadTo(
	aim: Extract<Aim, {readonly to: 'host'}>,
	config: Config,
	asking: {
		readonly ask: Questions | undefined;
		readonly note: (text: string) => void;
		/** May the operator's own `ssh` ask on the terminal now? */
		readonly mayAsk: () => boolean;
	},
	atOnce = true,
): Promise<CloudRoad | Failure> {
	if (aim.byUuid) return await (await import('./commands/cloud/road.ts')).cloudRoad(aim, config, asking);
	const {via} = aim;
	if (via !== null && isUuid(via.target))
		return await (await import('./commands/cloud/gateway.ts')).cloudViaRoad({...aim, via}, config, asking, atOnce);
	const {roadOf} = await import('./commands/ssh-road.ts');
	const road = await roadOf(aim, asking.ask, asking.note, {atOnce, mayAsk: asking.mayAsk});
	return isFailure(road) ? road : {road, uuid: aim.uuid, secrets: []};
}

async function connect(given: Connecting): Promise<Failure | null> {
	const {aim, config} = given;
	if (aim.to === 'demo') {
		const {startEmbedded} = await import('./embedded/start.ts');
		const {road, close} = await startEmbedded({scene: aim.scene});
		try {
			return await show(given, road);
		} finally {
			await close();
		}
	}
	if (aim.to === 'local') return await show(given, await local());
	let open = true;
	// What a jump host says, or a ProxyCommand, may hold a password.
	const redactor = new Redactor([...secrets, ...config.redact]);
	const ask = questions(() => open);
	const note = (text: string): void => void (open && say(redactor.text(text)));
	// One that is waited for may not be there yet.
	const waits = 'waitMs' in given && given.waitMs !== null;
	const found = await roadTo(aim, config, {ask, note, mayAsk: () => open && ask !== undefined}, !waits);
	if (isFailure(found)) return {...found, message: redactor.text(found.message)};
	const {road} = found;
	const command = {
		...given,
		aim: {...aim, uuid: found.uuid},
		config: {...config, redact: [...config.redact, ...found.secrets]},
	};
	const settled = (): void => {
		open = false;
	};
	if (!('waitMs' in command) || command.waitMs === null) return await show(command, road, settled);
	const {patient} = await import('./commands/patience.ts');
	const patience = patient(road, {
		ms: command.waitMs,
		note: text => say(redactor.text(text)),
		ring: () => {
			if (process.stderr.isTTY) process.stderr.write('\u0007');
		},
		random: Math.random,
		now: () => Date.now(),
	});
	return await show(command, patience.road, settled, patience.waited);
}

/** Walks the road to a device, and says what fails. */
async function examine(command: Extract<Command, {readonly kind: 'doctor'}>): Promise<void> {
	const {aim, config, configFile, json} = command;
	const {doctor} = await import('./commands/doctor/index.ts');
	const {wire} = await import('./commands/wire.ts');
	const {configPlace, readConfig} = await import('./commands/config/read.ts');
	const {file} = configPlace(configFile);
	const read = readConfig({file, named: null});
	let redactor = new Redactor([...secrets, ...config.redact]);
	let quiet = (): void => {};
	const ask = questions(() => {
		quiet();
		return true;
	});
	const {NO_COLOR: plain = '', TERM} = process.env;
	const terminal = process.stdout.isTTY && TERM !== 'dumb';
	process.exitCode = await doctor(
		{
			configuration: 'there' in read && read.there ? `${file} has no faults` : `none in ${file}, which is no fault`,
			road: async note => {
				if (aim.to === 'local') return {road: await local(), uuid: null, secrets: []};
				const mayAsk = (): boolean => {
					quiet();
					return ask !== undefined;
				};
				const found = await roadTo(aim, config, {ask, note, mayAsk}, false);
				if (!isFailure(found)) redactor = new Redactor([...secrets, ...config.redact, ...found.secrets]);
				return found;
			},
			wire,
			json,
			cut: text => redactor.text(text),
			onQuestion: take => {
				quiet = take;
			},
		},
		text => void process.stdout.write(text),
		{
			columns: process.stdout.columns || 80,
			colours: terminal && plain === '',
			lively: terminal,
		},
	);
}

/** What is done with a recording: nothing connects. */
async function read(command: Extract<Command, {readonly file: string}>): Promise<Failure | null> {
	const {recordingNamed} = await import('./commands/place.ts');
	const file = recordingNamed(command.file);
	if (isFailure(file)) return file;
	switch (command.kind) {
		case 'verify': {
			const {verifyFile} = await import('./commands/verify.ts');
			return tell(verifyFile(file));
		}
		case 'export': {
			const {exportFile} = await import('./commands/export.ts');
			return await exportFile(file, command.as, command.output, say, command.size);
		}
		case 'notes': {
			const {notesFile} = await import('./commands/notes.ts');
			return await notesFile(file, command.form, command.output);
		}
		case 'replay': {
			const {replayFile} = await import('./commands/replay.ts');
			return await replayFile(file, command);
		}
	}
}

async function run(): Promise<Failure | null> {
	const command = parseCommand(process.argv.slice(2), configOf);
	if (isFailure(command)) return command;
	switch (command.kind) {
		case 'help':
			process.stdout.write(helpFor(process.stdout.columns || 120));
			return null;
		case 'version':
			process.stdout.write(`${PROGRAM}\n`);
			return null;
		case 'ls': {
			if (command.keep !== null) {
				const {listOverdue} = await import('./commands/keep.ts');
				return tell(listOverdue(command.keep, command.json, Date.now()));
			}
			const {list} = await import('./commands/ls.ts');
			return tell(list(command.json));
		}
		case 'config': {
			const {tellConfig} = await import('./commands/config.ts');
			const told = tellConfig(command.file, command.check);
			if (!('faults' in told)) return tell(told);
			for (const fault of told.faults) say(fault);
			process.exitCode = 2;
			return null;
		}
		case 'list': {
			const {listActions} = await import('./commands/act-list.ts');
			return tell(listActions());
		}
		case 'verify':
		case 'export':
		case 'replay':
		case 'notes':
			return await read(command);
		case 'doctor':
			await examine(command);
			return null;
		default:
			return await connect(command);
	}
}

// Where the terminal is gone there is nobody to tell; an error of the last word is none of the program's.
process.stderr.on('error', () => {});
const failed = await run();
if (failed !== null) {
	say(failed.message);
	process.exitCode = failed.code === 'usage' ? 2 : 1;
}
// A socket that is slow to close must not keep the terminal waiting.
setTimeout(() => process.exit(), 1000).unref();
