cwlVersion: v1.2
class: CommandLineTool
baseCommand: x
