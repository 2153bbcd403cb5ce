-- Made by hand, with a key of its own for each person.
CREATE TABLE person (
    person_id serial PRIMARY KEY,
    username varchar(150) NOT NULL UNIQUE,
    discord_id text,
    zoom_id text,
    birthdate date
);
CREATE TABLE attendance (
    attendance_id serial PRIMARY KEY,
    person_id integer NOT NULL REFERENCES person,
    day date NOT NULL
);
