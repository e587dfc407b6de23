// Files out of what was dropped: files, folders with all that is in them, archives.

/** A file with the folders that it was dropped in. */
export interface DroppedFile {
  readonly name: string
  readonly file: File
}

/** More files than this in a folder are no capture. */
const MOST = 5000

/** All files of a drop. Has to be called in the event itself: the list is empty afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry?.() : null
    return entry === null || entry === undefined ? [] : [entry]
  })
  if (entries.length === 0) return [...transfer.files].map((file) => ({ name: file.name, file }))
  const out: DroppedFile[] = []
  const open: FileSystemEntry[] = entries
  for (let entry = open.shift(); entry !== undefined && out.length < MOST; entry = open.shift()) {
    if (entry.isDirectory) open.push(...(await entriesOf(entry as FileSystemDirectoryEntry)))
    else {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      )
      // Hidden files of the system (.DS_Store) are nobody's capture.
      if (!file.name.startsWith('.')) out.push({ name: entry.fullPath.replace(/^\//, ''), file })
    }
  }
  return out
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const out: FileSystemEntry[] = []
  for (;;) {
    // Browsers give about a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return out
    out.push(...some)
  }
}

/** Lets the user choose files (or a folder); empty if they think better of it. */
export function chooseFiles({ folder = false } = {}): Promise<DroppedFile[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  if (folder) input.webkitdirectory = true
  return new Promise((resolve) => {
    input.addEventListener('change', () =>
      resolve([...(input.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }))),
    )
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
