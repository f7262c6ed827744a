// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

struct PythonVariableTests {
    @Test(arguments: [
        VariableCase("a.py", "import os\nx = os.environ['A_KEY']", "A_KEY!"),
        VariableCase("a.py", "import os\nx = os.environ.get('A')\ny = os.getenv('B', 'b')", "A B=b"),
        VariableCase("a.py", "from os import environ, getenv as g\ng('A', '1')\nenviron['B']", "A=1 B!"),
        VariableCase("a.py", "import os as o\no.environ['A']", "A!"),
        VariableCase("a.py", "import os\nenv = os.environ\nenv.get('A')", "A"),
        VariableCase("a.py", "import os\nx = os.getenv('A') or 'b'", "A=b"),
        VariableCase("a.py", "import os\nx = int(os.getenv('A', 5))", "A=5"),
        VariableCase("a.py", "import os\nx = os.getenv('A')\nif not x:\n    raise ValueError('no')", "A!"),
        VariableCase("a.py", "import os\nif not os.getenv('A'):\n    raise ValueError('no')", "A!"),
        VariableCase("a.py", "import os\nx = os.getenv('A')\nassert x is not None", "A!"),
        VariableCase("a.py", "import os\nif 'A' in os.environ:\n    x = os.environ['A']", "A"),
        VariableCase("a.py", "import os\nos.environ['A'] = '1'\nx = os.environ['A']", ""),
        VariableCase("a.py", "import os\nx = os.environ['A']\nos.environ['A'] = '1'", "A!"),
        VariableCase("a.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')", ""),
        VariableCase("a.py", "# os.environ['A']\n'''os.environ[\"B\"]'''", ""),
        VariableCase("a.py", "import os\nx = f\"postgres://{os.environ['A']}@{os.getenv('B', 'h')}/c\"", "A! B=h"),
        VariableCase("a.py", "import os\nx = os.environ[name]\ny = os.environ[f'{p}_X']", ""),
        VariableCase("a.py", "import os\nx = os.getenv(\n    'A',\n    default='b',\n)", "A=b"),
        VariableCase("a.py", "import os\nhome = os.environ['HOME'] + os.environ['PATH']", ""),
        VariableCase("tests/a.py", "import os\nx = os.environ['A']", ""),
        VariableCase("conftest.py", "import os\nx = os.environ['A']", ""),
        VariableCase(
            "a.py",
            "import os\ndef need(name):\n    v = os.environ.get(name)\n    if not v: raise E\n    return v\nneed('A1')",
            "A1!"),
        VariableCase(
            "a.py",
            "import os\ndef env_or(key, default=None):\n    return os.getenv(key, default)\nenv_or('A1', 'b')\nenv_or('C1')",
            "A1=b C1"),
        VariableCase("a.py", "import typer\nx = typer.Option(None, envvar='A_ENV')", "A_ENV"),
        VariableCase("a.py", "import os\nx = os.environ['A1'] if os.getenv('WITH_A') else None", "A1 WITH_A"),
        VariableCase(
            "a.py",
            "import os\nMAIL = os.getenv('MAIL')\ndef f():\n    if not MAIL:\n        return\n    send(os.environ['MAIL_KEY'])\ndef g():\n    return os.environ['B1']",
            "B1! MAIL MAIL_KEY"),
        VariableCase(
            "a.py",
            "import os\ndef f():\n    p = os.environ.get('A1_FILE')\n    if p:\n        return open(p).read()\n    return os.environ['A1']",
            "A1 A1_FILE"),
        VariableCase(
            "a.py",
            "import os\ndef f():\n    if os.getenv('A1') == 'x':\n        return 1\n    return os.environ['B1']",
            "A1 B1!"),
    ])
    func `the environment is read through os`(_ item: VariableCase) { #expect(item.found == item.expected) }

    @Test(arguments: [
        VariableCase(
            "a.py",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a_url: str\n    b: int = 5",
            "A_URL! B=5"),
        VariableCase(
            "a.py",
            "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n    a: str",
            "APP_A!"),
        VariableCase(
            "a.py",
            "from pydantic import BaseSettings, Field\nclass S(BaseSettings):\n    a: str = Field(..., env='X_Y')\n    b: str = Field('q')",
            "B=q X_Y!"),
        VariableCase(
            "a.py",
            "from pydantic import Field, AliasChoices\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str = Field(validation_alias=AliasChoices('ONE', 'TWO'))",
            "ONE! TWO"),
        VariableCase(
            "a.py",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str | None = None\n    b: ClassVar[str] = 'x'\n    _c: str = ''",
            "A"),
        VariableCase(
            "a.py",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: int = 1\n    @property\n    def b(self): return 1\n    class Config:\n        env_prefix = 'P_'",
            "P_A=1"),
        VariableCase(
            "a.py",
            "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\nclass Db(BaseModel):\n    host: str\n    port: int = 5432\nclass S(BaseSettings):\n    model_config = {'env_nested_delimiter': '__'}\n    db: Db",
            "DB__HOST! DB__PORT=5432"),
        VariableCase(
            "a.py",
            "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    a: str = '1'\nclass S(Base):\n    b: str = '2'\ns = S()",
            "A=1 B=2"),
        VariableCase(
            "a.py",
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    model_config = {'case_sensitive': True}\n    api_url: str = 'x'",
            "api_url=x"),
        VariableCase(
            "a.py",
            "from enum import StrEnum\nfrom pydantic_settings import BaseSettings\nclass Mode(StrEnum):\n    a = 'a'\nclass S(BaseSettings):\n    run_mode: Mode = Mode.a\n",
            "RUN_MODE"),
        VariableCase(
            "a.py",
            "from pydantic import BaseSettings\nclass S(BaseSettings):\n    time_zone = 'UTC'\n    a: int = 1\n",
            "A=1 TIME_ZONE=UTC"),
    ])
    func `pydantic settings name their variables`(_ item: VariableCase) { #expect(item.found == item.expected) }

    @Test(arguments: [
        VariableCase(
            "a.py", "import environ\nenv = environ.Env(DEBUG=(bool, False))\nenv('DEBUG')\nenv('A')", "A! DEBUG=false"),
        VariableCase(
            "a.py", "import environ\nenv = environ.Env()\nx = env.db()\ny = env.bool('B', default=True)",
            "B=true DATABASE_URL!"),
        VariableCase(
            "a.py", "from .base import *  # noqa\nKEY = env('A')\nx = env.bool('B', default=True)\ny = config('C')",
            "A! B=true C!"),
        VariableCase(
            "a.py", "from decouple import config\nx = config('A')\ny = config('B', default=3, cast=int)", "A! B=3"),
        VariableCase(
            "a.py",
            "from starlette.config import Config\nconfig = Config('.env')\nx = config('A', cast=bool, default=False)",
            "A=false"),
        VariableCase(
            "a.py",
            "from environs import Env\nenv = Env()\nwith env.prefixed('P_'):\n    x = env.str('A', 'b')\ny = env('C')",
            "C! P_A=b"),
        VariableCase(
            "a.py", "import dj_database_url\nx = dj_database_url.config(default='sqlite:///db')", "DATABASE_URL"),
    ])
    func `configuration libraries name their variables`(_ item: VariableCase) { #expect(item.found == item.expected) }
}
