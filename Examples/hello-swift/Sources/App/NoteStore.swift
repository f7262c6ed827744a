import Foundation
import Hummingbird

struct Note: ResponseCodable, Equatable {
    let id: Int
    let text: String
    let createdAt: Date
}

/// Notes in memory, written to a file after each change if there is one.
actor NoteStore {
    private let file: URL?
    private var notes: [Int: Note] = [:]
    private var lastID = 0

    init(file path: String? = nil) throws {
        file = path.map { URL(fileURLWithPath: $0) }
        if let file, FileManager.default.fileExists(atPath: file.path) {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            let stored = try decoder.decode([Note].self, from: Data(contentsOf: file))
            notes = Dictionary(stored.map { ($0.id, $0) }) { _, last in last }
            lastID = notes.keys.max() ?? 0
        }
    }

    func all() -> [Note] {
        notes.values.sorted { $0.id < $1.id }
    }

    func note(_ id: Int) -> Note? {
        notes[id]
    }

    func add(_ text: String) throws -> Note {
        lastID += 1
        let note = Note(id: lastID, text: text, createdAt: Date())
        notes[note.id] = note
        try save()
        return note
    }

    func remove(_ id: Int) throws -> Bool {
        guard notes.removeValue(forKey: id) != nil else { return false }
        try save()
        return true
    }

    private func save() throws {
        guard let file else { return }
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        try encoder.encode(all()).write(to: file, options: .atomic)
    }
}
