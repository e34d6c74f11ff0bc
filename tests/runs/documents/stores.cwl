cwlVersion: v1.2
class: CommandLineTool
doc: Tells the names and contents of everything it is given.
baseCommand: [sh, -c]
arguments:
  - position: 0
    shellQuote: false
    valueFrom: |
      for f in "$@"; do
        if test -d "$f"; then
          (cd "$f" && echo "folder `basename "$f"`" && find . -type f | sort | while read -r x; do echo "$x"; cat "$x"; done)
        else
          echo "file `basename "$f"`"; cat "$f"
          if test -f "$f.aux"; then echo "beside `basename "$f.aux"`"; cat "$f.aux"; fi
        fi
      done > told.txt
  - position: 1
    valueFrom: sh
inputs:
  scene:
    type: File?
    inputBinding: {position: 2}
  folder:
    type: Directory?
    inputBinding: {position: 3}
  bands:
    type: File[]?
    inputBinding: {position: 4}
  pair:
    type:
      - "null"
      - type: record
        name: pair
        fields:
          left:
            type: File
            inputBinding: {position: 5}
  text:
    type: string?
    inputBinding: {position: 6, prefix: "text:", valueFrom: $(null)}
outputs:
  told:
    type: File
    outputBinding: {glob: told.txt}
