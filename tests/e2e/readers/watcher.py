# SPDX-License-Identifier: Apache-2.0
"""Prints what python3-watchdog tells of a folder, until it is killed: watcher.py FOLDER"""
import os
import sys
import threading

import watchdog.events
import watchdog.observers


class Printer(watchdog.events.FileSystemEventHandler):
    def on_moved(self, event):
        name = os.path.basename(event.dest_path)
        with open(event.dest_path) as file:
            print("moved to", name, "which holds", file.read(), flush=True)


observer = watchdog.observers.Observer()
observer.schedule(Printer(), sys.argv[1])
observer.start()
print("ready", flush=True)
threading.Event().wait()
