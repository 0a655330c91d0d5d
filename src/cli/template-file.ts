import { accessSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { OpenTemplateFile } from '../../pipelines/templates.js';
import { EvpairError } from '../index.js';

/** A file of templates, read by offset: an indexed catalogue of any size costs what is looked up in it. */
export function openTemplateFile(name: string): OpenTemplateFile {
  mustBeReadable(name);
  try {
    const fd = openSync(name, 'r');
    const { size } = fstatSync(fd);
    return {
      name,
      source: {
        size,
        read(offset, length) {
          const bytes = Buffer.allocUnsafe(length);
          for (let at = 0; at < length; ) {
            const read = readSync(fd, bytes, at, length - at, offset + at);
            if (read === 0)
              throw new EvpairError('ERR_CATALOGUE', `${name}: the file became shorter while it was read`);
            at += read;
          }
          return bytes;
        },
      },
    };
  } catch (cause) {
    throw cannotBeRead(name, cause);
  }
}

/** The bytes of a file or descriptor. @throws EvpairError `ERR_USAGE` with what is wrong. */
export function readWhole(path: string | number, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw cannotBeRead(name, cause);
  }
}

/** Throws ERR_USAGE with what is wrong. */
export function mustBeReadable(name: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(name).isDirectory();
    accessSync(name, constants.R_OK);
  } catch (cause) {
    throw cannotBeRead(name, cause);
  }
  if (isFolder) throw new EvpairError('ERR_USAGE', `${name}: is a folder; name the files in it`);
}

function cannotBeRead(name: string, cause: unknown): EvpairError {
  return new EvpairError('ERR_USAGE', `${name}: cannot be read: ${(cause as Error).message}`, { cause });
}
