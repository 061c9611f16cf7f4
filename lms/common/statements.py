"""Questions that every request asks, turned into SQL once and not each time."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.constants import OnConflict
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M")
Make = Callable[[], Any]


class _Given(models.Value):
    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(name, output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def prepared(self, value: Any) -> Any:
        """The value as the database takes it."""
        return self.output_field.get_db_prep_save(value, connection)


def given(name: str, field: "models.Field[Any, Any]") -> Any:
    """Stands in a queryset for a value that is given when the statement is asked."""
    return _Given(name, field)


def given_id(name: str) -> Any:
    """Stands in a queryset for an id: ``filter(pk=given_id("pk"))``."""
    return _Given(name, models.BigIntegerField())


class _GivenIds(_Given):
    def prepared(self, value: Any) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


def given_ids(name: str) -> Any:
    """Stands in a queryset for any number of ids: ``filter(Among(F("pk"), given_ids("pks")))``."""
    return _GivenIds(name, models.BigIntegerField())


class Among(models.Lookup):
    """``in`` for ``given_ids``: they travel as one value, so that the text, and its plan, is one for any number."""

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        right, given = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{left} = ANY ({right}::bigint[])", [*params, *given]
        return f"{left} IN (SELECT value FROM json_each({right}))", [*params, *given]  # noqa: S608  # no values


def _cursor() -> Any:
    """A cursor that keeps what the database has planned, where it can."""
    return getattr(connection, "prepared_cursor", connection.cursor)()


class _Compiled:
    """SQL with the places where values go."""

    def __init__(self, sql: str, params: Iterable[Any]) -> None:
        self.sql = sql
        self.params = tuple(params)

    def filled(self, values: dict[str, Any]) -> list[Any]:
        return [param.prepared(values[param.name]) if isinstance(param, _Given) else param for param in self.params]


class Statement(Generic[M]):
    """Rows of a queryset that is compiled at its first use; only what is ``given`` changes from call to call.

    Django builds and compiles a query anew each time it is asked.
    The result is what the queryset itself would give: instances with what ``select_related`` and ``only`` name, or
    tuples of ``values_list``. What the queryset takes from the clock or the language must be ``given``.
    """

    def __init__(self, make: Make) -> None:
        self._make = make

    @cached_property
    def _compiled(self) -> tuple[_Compiled, Callable[[Iterable[Any]], Iterator[Any]]]:
        rows: QuerySet[Any] = self._make()
        compiler = rows.query.get_compiler(rows.db)
        compiled = _Compiled(*compiler.as_sql())
        expressions = [column[0] for column in compiler.select]
        converters = compiler.get_converters(expressions)

        def read(found: Iterable[Any]) -> Iterator[Any]:
            return compiler.apply_converters(found, converters) if converters else iter(found)

        kind = rows._iterable_class
        if kind is ValuesListIterable:
            return compiled, lambda found: map(tuple, read(found))
        if kind is not ModelIterable or compiler.annotation_col_map:
            raise TypeError(f"a statement gives instances without annotations, or values_list; not {kind.__name__}")
        info = compiler.klass_info
        model, columns = info["model"], info["select_fields"]
        first, last = columns[0], columns[-1] + 1
        names = [expressions[place].target.attname for place in range(first, last)]
        populate: Any = get_related_populators  # the stubs are those of a later Django
        populators = populate(info, compiler.select, rows.db)

        def build(found: Iterable[Any]) -> Iterator[Any]:
            for row in read(found):
                instance = model.from_db(rows.db, names, row[first:last])
                for populator in populators:
                    populator.populate(row, instance)
                yield instance

        return compiled, build

    def all(self, **values: Any) -> list[M]:
        """Every row."""
        compiled, build = self._compiled
        with _cursor() as cursor:
            cursor.execute(compiled.sql, compiled.filled(values))
            return list(build(cursor.fetchall()))

    def first(self, **values: Any) -> M | None:
        """The first row, or ``None``; where there may be several, the queryset says ``[:1]``."""
        return next(iter(self.all(**values)), None)


class Update:
    """An update of a queryset, compiled at its first use."""

    def __init__(self, make: Make, **changes: Any) -> None:
        self._make, self._changes = make, changes

    @cached_property
    def _compiled(self) -> _Compiled:
        rows: QuerySet[Any] = self._make()
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(self._changes)
        return _Compiled(*query.get_compiler(rows.db).as_sql())

    def __call__(self, **values: Any) -> int:
        """Make it so; returns how many rows there were."""
        compiled = self._compiled
        with _cursor() as cursor:
            cursor.execute(compiled.sql, compiled.filled(values))
            return int(cursor.rowcount)


class Insert:
    """A new row, compiled at its first use; what is not given has the field's default.

    ``update`` names the fields that a row takes over which is there already by the fields in ``unique``.
    """

    def __init__(self, model: type[models.Model], *, unique: Sequence[str] = (), update: Sequence[str] = ()) -> None:
        self._model, self._unique, self._update = model, unique, update

    @cached_property
    def _fields(self) -> "list[models.Field[Any, Any]]":
        return [field for field in self._model._meta.concrete_fields if not isinstance(field, models.AutoField)]

    @cached_property
    def _compiled(self) -> tuple[_Compiled, bool]:
        meta = self._model._meta
        query: Any = InsertQuery(
            self._model,
            on_conflict=OnConflict.UPDATE if self._update else None,
            unique_fields=[meta.get_field(name) for name in self._unique],
            update_fields=[meta.get_field(name) for name in self._update],
        )
        # An instance would refuse what stands for the values.
        places = SimpleNamespace(**{field.attname: _Given(field.attname, field) for field in self._fields})
        query.insert_values(self._fields, [places], raw=True)
        compiler: Any = query.get_compiler(connection.alias)
        numbers = not self._update and isinstance(meta.pk, models.AutoField)
        compiler.returning_fields = [meta.pk] if numbers else None
        [(sql, params)] = compiler.as_sql()
        return _Compiled(sql, params), numbers

    def __call__(self, **values: Any) -> Any:
        """Write it; the new row's number where the database gives it one. An ``IntegrityError`` when it is refused."""
        compiled, numbers = self._compiled
        for field in self._fields:
            if field.attname not in values:
                values[field.attname] = field.get_default()
        with _cursor() as cursor:
            cursor.execute(compiled.sql, compiled.filled(values))
            return cursor.fetchone()[0] if numbers else None


class _Rows:
    """Rows with a value for each of some fields, given as one value for each field, whatever their number."""

    def __init__(self, fields: "Sequence[models.Field[Any, Any]]") -> None:
        self._fields = fields

    @cached_property
    def sql(self) -> str:
        """What stands after ``FROM`` or in an ``INSERT``: a table called ``given``, with the columns of the fields."""
        names = [_quoted(str(field.column)) for field in self._fields]
        if connection.vendor == "postgresql":
            return f"ROWS FROM ({', '.join(map(self._list, self._fields))}) AS given ({', '.join(names)})"
        columns = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(names))
        return f"(SELECT {columns} FROM json_each(%s)) AS given"  # noqa: S608  # names of columns

    @staticmethod
    def _list(field: "models.Field[Any, Any]") -> str:
        # Written as an array, each quotation mark of JSON would be escaped.
        if isinstance(field, models.JSONField):
            return "jsonb_array_elements(%s::jsonb)"
        return f"unnest(%s::{field.db_type(connection)}[])"

    def filled(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """Its parameters."""
        if connection.vendor == "postgresql":
            columns = zip(self._fields, zip(*rows, strict=True), strict=True)
            return [
                json.dumps(values) if isinstance(field, models.JSONField) else list(map(field.get_prep_value, values))
                for field, values in columns
            ]
        told = [
            [
                json.dumps(value) if isinstance(field, models.JSONField) else field.get_db_prep_save(value, connection)
                for field, value in zip(self._fields, row, strict=True)
            ]
            for row in rows
        ]
        # Decimals travel as texts, as Django hands them to SQLite.
        return [json.dumps(told, default=str)]


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


class UpdateMany:
    """Gives fields of many rows values of their own, in one statement whose text is the same for any number."""

    def __init__(self, model: type[models.Model], *fields: str) -> None:
        self._model, self._names = model, fields

    @cached_property
    def _compiled(self) -> tuple[str, _Rows]:
        meta = self._model._meta
        fields: list[Any] = [meta.get_field(name) for name in self._names]
        key_field: Any = meta.pk
        rows, key = _Rows([key_field, *fields]), _quoted(key_field.column)
        changes = ", ".join(f"{name} = given.{name}" for name in (_quoted(field.column) for field in fields))
        table = _quoted(meta.db_table)
        sql = f"UPDATE {table} SET {changes} FROM {rows.sql} WHERE {table}.{key} = given.{key}"  # noqa: S608  # names only
        return sql, rows

    def __call__(self, rows: Iterable[Sequence[Any]]) -> int:
        """Make it so, for rows of a key and the values of the fields, no key twice; returns how many there were."""
        sql, given = self._compiled
        with _cursor() as cursor:
            cursor.execute(sql, given.filled(rows))
            return int(cursor.rowcount)


class InsertMany:
    """New rows in one statement whose text is the same for any number; the database knows what is not named.

    Of a row that is there already by the fields in ``unique``, the fields in ``update`` take over what is given.
    """

    def __init__(self, model: type[models.Model], *fields: str, unique: Sequence[str], update: Sequence[str]) -> None:
        self._model, self._names, self._unique, self._update = model, fields, unique, update

    @cached_property
    def _compiled(self) -> tuple[str, _Rows]:
        meta = self._model._meta
        find: Callable[[str], Any] = meta.get_field
        rows = _Rows([find(name) for name in self._names])

        def columns(names: Sequence[str]) -> list[str]:
            return [_quoted(find(name).column) for name in names]

        changes = ", ".join(f"{name} = excluded.{name}" for name in columns(self._update))
        # Without a condition SQLite would take ON for that of a join.
        into = f"{_quoted(meta.db_table)} ({', '.join(columns(self._names))})"
        otherwise = f"({', '.join(columns(self._unique))}) DO UPDATE SET {changes}"
        return f"INSERT INTO {into} SELECT * FROM {rows.sql} WHERE true ON CONFLICT {otherwise}", rows  # noqa: S608

    def __call__(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows of values of the fields, none twice by what is unique."""
        sql, given = self._compiled
        with _cursor() as cursor:
            cursor.execute(sql, given.filled(rows))
