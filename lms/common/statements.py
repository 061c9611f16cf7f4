"""Questions that every request asks, turned into SQL once and not each time."""

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
