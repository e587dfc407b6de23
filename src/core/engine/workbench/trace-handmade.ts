// A small trace for tests of the pages: three goroutines, two tasks, regions, logs, a collection.

import { HandmadeV1 } from '../../formats/trace/v1/handmade-v1.ts'

/**
 * main.main (G1) makes two main.worker (G2, G3) and waits. G2 has a task `request` (100) with a log and, in a region
 * `part`, waits for a channel; G3 begins a task (101) below it, which never ends, and wakes G2. `pause`: how long
 * G2 works before it waits, ns.
 */
export function smallTrace(pause = 1000): Uint8Array {
  const [main, worker, waiting] = [1, 2, 3]
  return (
    new HandmadeV1()
      .batch(0, 100)
      .frequency(1e9)
      .string(1, 'main.main')
      .string(2, '/src/main.go')
      .string(3, 'main.worker')
      .string(4, 'request')
      .string(5, 'part')
      .string(6, 'note')
      .string(7, 'runtime.chanrecv1')
      .string(8, '/usr/local/go/src/runtime/chan.go')
      .stack(1, [0x10, 1, 2, 12])
      .stack(2, [0x20, 3, 2, 30])
      .stack(3, [0x30, 7, 8, 99], [0x20, 3, 2, 31])
      .at(0, 'ProcStart', 9)
      .at(1, 'GoCreate', 1, main)
      .at(1, 'GoStart', 1, 1)
      // The first one only says that what comes before was there from the start.
      .at(1, 'Gomaxprocs', 2)
      .at(1, 'Gomaxprocs', 2)
      .at(10, 'GoCreate', 2, worker, main)
      .at(10, 'GoCreate', 3, worker, main)
      .at(10, 'GoBlockRecv', main)
      .at(5, 'GoStart', 2, 1)
      .at(10, 'UserTaskCreate', 100, 0, 4, worker)
      .at(10, 'UserRegion', 100, 0, 5, worker)
      .at(pause, 'UserLog', 100, 6, worker)
      .text('hello <b>there</b>')
      .at(10, 'GoBlockRecv', waiting)
      .at(5, 'GoStart', 3, 1)
      .at(10, 'UserTaskCreate', 101, 100, 4, worker)
      .at(20, 'GCStart', 0)
      .at(5, 'STWStart', 1)
      .at(30, 'STWDone')
      .at(500, 'GCDone')
      .at(20, 'GoUnblock', 2, 2, worker)
      .at(5, 'GoEnd')
      .at(5, 'GoStart', 2, 3)
      .at(10, 'UserRegion', 100, 1, 5, worker)
      .at(10, 'UserTaskEnd', 100, worker)
      .at(5, 'GoEnd').bytes
  )
}
