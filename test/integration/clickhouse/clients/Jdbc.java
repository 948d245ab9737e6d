import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;

/** Uses the server as DBeaver and its like do. Arguments: port and the passwords of admin, ingest and query. */
public class Jdbc {
  public static void main(String[] arguments) throws SQLException {
    String url = "jdbc:clickhouse://127.0.0.1:" + arguments[0] + "/default";
    try (Connection admin = DriverManager.getConnection(url, "admin", arguments[1]);
        Connection query = DriverManager.getConnection(url, "query", arguments[3])) {
      read("admin", admin);
      read("query", query);
      write(admin);
      try (Statement statement = admin.createStatement()) {
        statement.executeQuery("SELECT * FROM nothing");
      } catch (SQLException error) {
        System.out.println("error " + (error.getMessage().contains("(UNKNOWN_TABLE)") ? "UNKNOWN_TABLE" : error));
      }
      try (Statement statement = query.createStatement()) {
        statement.executeUpdate("INSERT INTO default.java VALUES (1, 'x')");
      } catch (SQLException error) {
        System.out.println("query may not insert");
      }
    }
  }

  private static void read(String user, Connection connection) throws SQLException {
    long rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT number, now(), toDecimal64(number, 4) FROM numbers(3)")) {
      while (result.next()) rows += result.getBigDecimal(3).signum() >= 0 && result.getTimestamp(2) != null ? 1 : 0;
    }
    String prepared;
    try (PreparedStatement statement = connection.prepareStatement("SELECT ? + 1, ?")) {
      statement.setInt(1, 4);
      statement.setString(2, "it's");
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        prepared = result.getInt(1) + " " + result.getString(2);
      }
    }
    StringJoiner columns = new StringJoiner(" ");
    try (ResultSet result = connection.getMetaData().getColumns(null, "default", "java", "%")) {
      while (result.next()) columns.add(result.getString("COLUMN_NAME"));
    }
    long sum = 0;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT number FROM numbers(1000000)")) {
      while (result.next()) sum += result.getLong(1);
    }
    System.out.println(user + " rows " + rows + " prepared " + prepared + " columns " + columns + " streamed " + sum);
  }

  private static void write(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO default.java VALUES (1, 'x'), (2, 'y')");
    }
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO default.java (a, s) VALUES (?, ?)")) {
      for (int row = 0; row < 10; row++) {
        statement.setInt(1, row);
        statement.setString(2, "it's\n\n" + row);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(), sum(a) FROM default.java")) {
      result.next();
      System.out.println("inserted " + result.getLong(1) + " " + result.getLong(2));
    }
  }
}
