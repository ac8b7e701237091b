/** The engine's own lines. Strings as in balena-engine's distribution/ and xfer/, moby's daemon/stop.go; texts are quoted with `\"`. */
import type {Rule} from '../domain/rule.ts';
import {TEN_MINUTES} from './lasts.ts';

export const engine: readonly Rule[] = [
	{
		id: 'engine-fatal',
		title: 'engine gives up',
		weight: 'error',
		from: 'engine',
		match:
			/^(?:time="[^"]{1,64}" level=(?:fatal|panic) msg="?(?<detail>(?:[^"\\]|\\.){1,160})|panic: |fatal error: |unexpected fault address )/,
		lasts: TEN_MINUTES,
		means: 'The engine ended itself. With it go the supervisor and the control of all containers.',
		look: 'The text and what follows; a full disk (df -h /mnt/data) and damaged files of its own are the usual causes.',
		samples: {
			hits: [
				'time="2022-08-18T11:14:32.000000000Z" level=fatal msg="Error starting daemon: error initializing graphdriver: driver not supported"',
				'panic: runtime error: slice bounds out of range',
				'fatal error: runtime: out of memory',
			],
			misses: [
				'time="2022-08-18T11:14:32.000000000Z" level=error msg="Handler for GET /containers/json returned error: context canceled"',
				'time="2022-08-18T11:14:32.000000000Z" level=warning msg="Running experimental build"',
			],
		},
	},
	{
		id: 'disk-full',
		title: 'no space left',
		weight: 'error',
		from: 'engine',
		match: /\b(?<detail>no space left on device|disk quota exceeded)/,
		lasts: TEN_MINUTES,
		means: 'The data partition is full: pulls fail, containers cannot write, and the engine may not start again.',
		look: 'df -h /mnt/data and df -i /mnt/data; balena system df is slow, du of the volumes comes first.',
		samples: {
			hits: [
				'time="2022-08-18T11:14:32.000000000Z" level=error msg="Download failed, retrying (1/10): write /var/lib/docker/tmp/GetImageBlob1: no space left on device"',
			],
			misses: ['time="2022-08-18T11:14:32.000000000Z" level=info msg="Removing stale sandbox"'],
		},
	},
	{
		id: 'layer',
		title: 'layer broken',
		weight: 'error',
		from: 'engine',
		match:
			/\b(?<detail>filesystem layer verification failed for digest|failed to register layer: (?:[^"\\]|\\.){1,120}|rootFS mismatch before downloading layers)/,
		lasts: TEN_MINUTES,
		means: 'What was downloaded is not what was announced, or could not be unpacked: storage, memory, or a bad delta.',
		look: 'Errors of the card or disk, df -h /mnt/data, and whether the same layer fails again.',
		samples: {
			hits: [
				'time="2022-08-18T11:14:32Z" level=error msg="filesystem layer verification failed for digest sha256:8a3400b7e31a"',
				'time="2022-08-18T11:14:32Z" level=info msg="Attempting next endpoint for pull after error: failed to register layer: Error processing tar file(exit status 1): unexpected EOF"',
				'time="2022-08-18T11:14:32Z" level=error msg="rootFS mismatch before downloading layers"',
			],
			misses: ['time="2022-08-18T11:14:32Z" level=info msg="Layer sha256:8a34 cleaned up"'],
		},
	},
	{
		id: 'pull-retry',
		title: 'download stalls',
		weight: 'warning',
		from: 'engine',
		match:
			/\bmsg="(?:failed to download layer: (?:\\")?(?<detail>[^"\\]{1,160})|waiting \d+s before retrying layer download|failed to reset layer download|Download failed, retrying)/,
		ends: /\bmsg="(?:download resumed after \d+ retries|context canceled(?: during wait)?, interrupting layer download|giving up layer download|Download failed after|Starting up")/,
		// It waits up to 300 s and, after ten tries, says so every 25th time.
		lasts: 130 * 60_000,
		means: 'The connection to the registry broke and is tried again, ever more slowly.',
		look: 'The reason it gives: i/o timeout and reset are the line, no such host is DNS, x509 is the clock.',
		samples: {
			hits: [
				String.raw`time="2022-08-18T11:14:32Z" level=info msg="failed to download layer: \"dial tcp 104.16.100.52:443: i/o timeout\", retrying to read again"`,
				'time="2022-08-18T11:14:32Z" level=info msg="waiting 4s before retrying layer download"',
				'time="2022-08-18T11:14:32Z" level=info msg="failed to reset layer download: unexpected EOF"',
				'time="2022-08-18T11:14:32Z" level=info msg="Download failed, retrying (3/10): unexpected EOF"',
			],
			misses: [
				'time="2022-08-18T11:14:32Z" level=info msg="download resumed after 3 retries"',
				'time="2022-08-18T11:14:32Z" level=info msg="Loading containers: start."',
			],
		},
	},
	{
		id: 'pull-failed',
		title: 'download failed',
		weight: 'warning',
		from: 'engine',
		// A registry without TLS is tried twice at each pull; somebody who cancels knows it.
		match:
			/\bmsg="(?:(?:Attempting next endpoint for|Not continuing with) pull after error: (?!context canceled)(?!(?:[^"\\]|\\.){0,200}server gave HTTP response)(?<detail>(?:[^"\\]|\\.){1,160})|Download failed after \d+ attempts|giving up layer download)/,
		lasts: TEN_MINUTES,
		means: 'An image was not downloaded. The release that runs goes on running; the supervisor will try again.',
		look: 'The reason it gives: manifest unknown or denied is the registry, no such host is DNS, x509 is the clock.',
		samples: {
			hits: [
				'time="2022-08-18T11:14:32Z" level=info msg="Attempting next endpoint for pull after error: manifest unknown: manifest unknown"',
				'time="2022-08-18T11:14:32Z" level=error msg="Not continuing with pull after error: error parsing HTTP 403 response body"',
				'time="2022-08-18T11:14:32Z" level=error msg="Download failed after 10 attempts: unexpected EOF"',
			],
			misses: [
				String.raw`time="2022-08-18T11:14:32Z" level=info msg="Attempting next endpoint for pull after error: Get \"https://registry.lab.invalid:5000/v2/\": http: server gave HTTP response to HTTPS client"`,
				'time="2022-08-18T11:14:32Z" level=error msg="Not continuing with pull after error: context canceled"',
			],
		},
	},
	{
		id: 'pull-interrupted',
		title: 'download interrupted',
		weight: 'warning',
		from: 'engine',
		match: /\bmsg="context canceled(?: during wait)?, interrupting layer download/,
		lasts: TEN_MINUTES,
		means: 'Whoever asked for the image went away: the supervisor or the engine restarted, or the target changed.',
		look: 'A restart of the supervisor at that time, and why; half-pulled layers are thrown away.',
		samples: {
			hits: [
				'time="2022-08-18T11:14:32Z" level=info msg="context canceled, interrupting layer download"',
				'time="2022-08-18T11:14:32Z" level=info msg="context canceled during wait, interrupting layer download"',
			],
			misses: ['time="2022-08-18T11:14:32Z" level=info msg="download resumed after 3 retries"'],
		},
	},
	{
		id: 'container-stop',
		title: 'container did not stop',
		weight: 'warning',
		from: 'engine',
		match:
			/\bmsg="Container (?:\w{1,64} )?failed to exit within (?<detail>\d+ ?s\w*)(?:[^"]{0,80}"(?:.{0,40}?\bcontainer=(?<subject>[0-9a-f]{12}))?)?/,
		lasts: TEN_MINUTES,
		means: 'A container ignored the request to stop and was killed after its time; what it had not written is lost.',
		look: 'Which one (balena ps -a --no-trunc): its process as PID 1 has to handle SIGTERM.',
		samples: {
			hits: [
				'time="2022-08-19T19:00:14.615648023Z" level=info msg="Container failed to exit within 10s of signal 15 - using the force" container=e593ab6439fee4f5003e68e1a0d1',
				'time="2022-08-19T19:00:14Z" level=info msg="Container e593ab6439fe failed to exit within 10 seconds of signal 15 - using the force"',
			],
			misses: [
				'time="2022-08-19T19:00:15Z" level=info msg="ignoring event" container=e593ab6439fe module=libcontainerd',
			],
		},
	},
];
