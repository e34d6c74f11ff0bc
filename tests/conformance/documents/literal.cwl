cwlVersion: v1.2
class: CommandLineTool
doc: A file and a folder that are written in the parameters and lie nowhere.
baseCommand: sh
arguments: [-c, 'cat "$0"; ls "$1"', $(inputs.file.path), $(inputs.folder.path)]
inputs: {file: File, folder: Directory}
stdout: out.txt
outputs: {out: stdout}
