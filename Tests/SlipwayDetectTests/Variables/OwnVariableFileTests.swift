// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

struct OwnVariableFileTests {
    private func files(_ main: String, _ others: [String: String] = [:]) -> [String: String?] {
        let own = ["requirements.txt": "fastapi\nuvicorn\npydantic-settings\n", "main.py": main]
        let spec = Detection.detect(SourceTree(files: own.merging(others) { $1 }))
        return Dictionary(spec.variables.map { ($0.name, $0.ownFile) }) { first, _ in first }
    }
    private let start = "from fastapi import FastAPI\napp = FastAPI()\n"

    @Test func `the file of dotenv_values is the one`() {
        let found = files(
            "from dotenv import dotenv_values\n\(start)config = dotenv_values('./env/.env')\ntoken = config['BOT_TOKEN']\n"
        )
        #expect(found == ["BOT_TOKEN": "env/.env"])
    }

    @Test func `load_dotenv counts for the whole process`() {
        let found = files(
            "import os\nfrom dotenv import load_dotenv\nfrom other import key\n\(start)load_dotenv('config/app.env')\n",
            ["other.py": "import os\nkey = os.environ['API_TOKEN']\n"])
        #expect(found == ["API_TOKEN": "config/app.env"])
    }

    @Test func `a settings class names its file, and the usual one is nothing to say`() {
        func settings(_ file: String) -> [String: String?] {
            files(
                "from pydantic_settings import BaseSettings, SettingsConfigDict\n\(start)class Settings(BaseSettings):\n"
                    + "    model_config = SettingsConfigDict(env_file=\"\(file)\")\n    api_token: str\ns = Settings()\n"
            )
        }
        #expect(settings("config/prod.env") == ["API_TOKEN": "config/prod.env"])
        #expect(settings(".env") == ["API_TOKEN": nil])
    }
}
